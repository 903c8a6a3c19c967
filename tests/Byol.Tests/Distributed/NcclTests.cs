using System.Runtime.InteropServices;
using Byol.Distributed;
using static TorchSharp.torch;

namespace Byol.Tests.Distributed;

/// <summary>NCCL as far as it goes without a GPU: a library with the functions of its header is compiled, and says what it was given.</summary>
public sealed class NcclTests
{
    // Of one rank the sum is what it has; here it is doubled, so that it is seen to have been there. An id that does not come whole, by
    // value, is an error.
    private const string Stub = """
        #include <stddef.h>
        typedef struct { char internal[128]; } ncclUniqueId;
        typedef struct ncclComm { int count, rank; } *ncclComm_t;
        static struct ncclComm joined;
        int ncclGetUniqueId(ncclUniqueId* id) { for (int i = 0; i < 128; i++) id->internal[i] = (char)(i * 7 + 1); return 0; }
        int ncclCommInitRank(ncclComm_t* comm, int count, ncclUniqueId id, int rank) {
            for (int i = 0; i < 128; i++) if (id.internal[i] != (char)(i * 7 + 1)) return 4;
            if (rank < 0 || rank >= count) return 4;
            joined.count = count; joined.rank = rank; *comm = &joined; return 0;
        }
        int ncclAllReduce(const void* from, void* to, size_t count, int type, int operation, ncclComm_t comm, void* stream) {
            if (comm != &joined || operation != 0 || stream != 0 || from != to) return 4;
            if (type == 7) for (size_t i = 0; i < count; i++) ((float*)to)[i] = 2 * ((const float*)from)[i];
            else if (type == 8) for (size_t i = 0; i < count; i++) ((double*)to)[i] = 2 * ((const double*)from)[i];
            else return 4;
            return 0;
        }
        int ncclCommAbort(ncclComm_t comm) { return 0; }
        const char* ncclGetErrorString(int result) { return result == 4 ? "invalid argument" : "no error"; }
        """;

    [Fact]
    public void Its_functions_are_called_as_its_header_says()
    {
        using var folder = new TemporaryFolder();
        var nccl = Nccl.Load(["libnowhere.so.1", Compile(folder)])!;
        var sums = ThreadRanks.Run(2, rank =>
        {
            var communicator = nccl.Join(rank);
            float[] singles = [1, 2, 3];
            double[] doubles = [4, 5];
            var (s, d) = (GCHandle.Alloc(singles, GCHandleType.Pinned), GCHandle.Alloc(doubles, GCHandleType.Pinned));
            nccl.Sum(communicator, s.AddrOfPinnedObject(), singles.Length, isDouble: false);
            nccl.Sum(communicator, d.AddrOfPinnedObject(), doubles.Length, isDouble: true);
            s.Free();
            d.Free();
            return (singles, doubles);
        });
        Assert.All(sums, s => Assert.Equal([2f, 4, 6], s.singles));
        Assert.All(sums, s => Assert.Equal([8.0, 10], s.doubles));
        var refused = Assert.Throws<InvalidOperationException>(() => nccl.Sum(0, 0, 0, isDouble: true));
        Assert.Equal("NCCL: invalid argument.", refused.Message);
    }

    [Fact]
    public void Where_it_is_missing_ranks_exchange_as_before()
    {
        Assert.Null(Nccl.Load(["libnowhere.so.1"]));
        var over = ThreadRanks.Run(2, rank => ReferenceEquals(rank, NcclCollective.Over(rank, new Device("cuda:0"), ["libnowhere.so.1"])));
        Assert.All(over, Assert.True);
    }

    [Fact]
    public void A_processor_does_not_ask_for_it() =>
        Assert.Same(SingleProcess.Instance, NcclCollective.Over(SingleProcess.Instance, CPU, Nccl.Libraries));

    private static string Compile(TemporaryFolder folder)
    {
        var (source, library) = (folder["nccl.c"], folder["libnccl-made.so"]);
        File.WriteAllText(source, Stub);
        try
        {
            var (code, _, error) = Programs.Run("cc", "-shared", "-fPIC", "-o", library, source);
            Assert.True(code == 0, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no C compiler.");
        }
        return library;
    }
}
