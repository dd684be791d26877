import Simulation
import Testing

@Suite struct SeededRandomTests {
    @Test("The numbers are those of SplitMix64")
    func known() {
        var random = SeededRandom(seed: 1_234_567)
        let numbers = (0..<5).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("A name's generator depends on the seed and the name, and not on the numbers drawn before")
    func split() {
        var drawn = SeededRandom(seed: 9)
        _ = drawn.next()
        #expect(drawn.split("a").seed == SeededRandom(seed: 9).split("a").seed)
        let seeds = ["a", "b", "ab", "ba", ""].map { SeededRandom(seed: 9).split($0).seed }
        #expect(Set(seeds + [SeededRandom(seed: 10).split("a").seed, 9]).count == 7)
    }

    @Test("Bounded numbers stay below their bound and reach each value")
    func bounded() {
        var random = SeededRandom(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<7_000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { $0 > 850 && $0 < 1_150 })
    }

    @Test("Inside a simulation the seed decides the generators of names")
    func inside() throws {
        let body: @Sendable () async -> [UInt64] = {
            var dice = Simulation.random("dice")
            var cards = Simulation.random("cards")
            return [dice.next(), cards.next()]
        }
        let first = try Simulation.run(seed: 1, body).get()
        #expect(try Simulation.run(seed: 1, strategy: .roundRobin, body).get() == first)
        #expect(try Simulation.run(seed: 2, body).get() != first)
        #expect(first[0] != first[1])
    }
}
