@echo off
setlocal
set "root=%~dp0"
where dotnet >nul 2>nul || (echo test: no dotnet on the path; install the .NET 10 SDK and try again. 1>&2 & exit /b 1)
dotnet build "%root%Byol.slnx" -c Release -v quiet --nologo || exit /b 1
set "everyday=-trait- run=nightly"
if "%~1"=="--nightly" (set "everyday=" & shift)
dotnet "%root%tests\Byol.Tests\bin\Release\net10.0\Byol.Tests.dll" -noLogo -noColor %everyday% %1 %2 %3 %4 %5 %6 %7 %8 %9
exit /b %errorlevel%
