/// How long to look for something to do before going to sleep: longer after short waits, shorter after long ones.
///
/// To be woken costs several microseconds, so a wait that would have been short is better spent looking; one that is
/// long should cost nobody the core. Doubling and halving follow what waits have been like lately, as the halt polling
/// of the KVM hypervisor does. Pure.
struct LookingTime {
    /// A wait that is no longer than this would have been worth looking all the while. About a round trip to a server on
    /// the same machine.
    static let longest: UInt64 = 40_000
    private static let shortest: UInt64 = 2_500

    /// How long to look at most; 0 for once.
    private(set) var nanoseconds: UInt64 = 0

    /// Takes account of a wait, looking and sleeping together.
    mutating func waited(_ wait: UInt64) {
        if wait <= Self.longest {
            nanoseconds = min(max(nanoseconds * 2, Self.shortest), Self.longest)
        } else {
            nanoseconds = nanoseconds <= Self.shortest ? 0 : nanoseconds / 2
        }
    }
}
