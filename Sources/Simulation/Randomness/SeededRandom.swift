/// A generator of random numbers that a seed determines completely: SplitMix64.
///
/// Source: Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014. The constants are those
/// of Stafford's variant 13. The same seed gives the same numbers on every platform and in every build. The generator
/// serves tests. It is not fit for secrets.
public struct SeededRandom: RandomNumberGenerator, Sendable, Hashable {
    /// The seed. It determines the whole sequence.
    public let seed: UInt64
    private var state: UInt64

    /// Creates a generator. Every seed is valid, zero included.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Returns the next 64 random bits. O(1).
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scramble(state)
    }

    /// Returns a number from 0 to `bound` - 1. `bound` must be positive.
    ///
    /// It multiplies (Lemire 2019) and rejects nothing, so the bias is below `bound` / 2⁶⁴.
    @inline(__always)
    public mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Returns the generator of a name.
    ///
    /// The result depends only on this generator's seed and on the name, and not on the numbers drawn so far. Calls
    /// with other names, in any order, do not change it.
    public func split(_ name: String) -> SeededRandom {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return split(number: hash)
    }

    /// Returns the generator of a number; see `split(_:)`.
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
