using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Byol.Benchmarks -- --filter '*Kernel*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
