import Simulation

extension SeededRandom {
    /// A generator of its own for a part of a workload, the same for the same seed and part: all chance of a workload comes
    /// from these, so that a seed names it.
    init(seed: UInt64, part: UInt64) {
        var mixer = SeededRandom(seed: seed &+ part &* 0xd1b5_4a32_d192_ed03)
        self.init(seed: mixer.next())
    }
}
