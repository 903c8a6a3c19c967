@echo off
setlocal
set "root=%~dp0"
set "program=%root%src\Byol.Cli\bin\Release\net10.0\Byol.Cli.dll"
where dotnet >nul 2>nul || (echo byol: no dotnet on the path; install the .NET 10 SDK and try again. 1>&2 & exit /b 1)
dotnet build "%root%src\Byol.Cli" -c Release -v quiet --nologo 1>&2 || (echo byol: the build failed; if packages could not be restored, check the network. 1>&2 & exit /b 1)
dotnet "%program%" %*
exit /b %errorlevel%
