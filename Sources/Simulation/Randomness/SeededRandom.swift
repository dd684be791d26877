/// A generator of random numbers that a seed decides completely: SplitMix64.
///
/// Source: Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014; the constants are those
/// of Stafford's variant 13. The same seed gives the same numbers on every platform, in every build, forever. Fit for
/// tests, not for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable, Hashable {
    /// What it was made from; decides the whole sequence.
    public let seed: UInt64
    private var state: UInt64

    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scramble(state)
    }

    /// A number from 0 to `bound` - 1; `bound` is positive. By multiplication (Lemire 2019) without rejection: the bias
    /// is below `bound` / 2⁶⁴.
    @inline(__always)
    public mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// The generator that belongs to a name.
    ///
    /// It depends on this one's seed and the name alone, not on how many numbers were drawn: who splits first, or how
    /// often, changes nothing for the others.
    public func split(_ name: String) -> SeededRandom {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return split(number: hash)
    }

    /// The generator that belongs to a number; see `split(_:)`.
    public func split(number: UInt64) -> SeededRandom {
        SeededRandom(seed: Self.scramble(Self.scramble(seed ^ 0x6A09_E667_F3BC_C909) &+ number))
    }

    private static func scramble(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
