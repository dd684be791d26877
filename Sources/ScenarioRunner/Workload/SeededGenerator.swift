/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): all chance of a workload comes from here, so that a seed names it.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A generator of its own for a part of the run, the same for the same seed and part.
    init(seed: UInt64, part: UInt64) {
        var mixer = SeededGenerator(seed: seed &+ part &* 0xd1b5_4a32_d192_ed03)
        state = mixer.next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
