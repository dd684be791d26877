import Simulation
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("Counting what is distinct in bounded memory")
struct DistinctCountTests {
    @Test("Exact up to the capacity, however often each comes")
    func exact() {
        var random = SeededRandom(seed: 1)
        let hashes = (0..<100).map { _ in random.next() }
        var count = DistinctCount(capacity: 100)
        for hash in hashes + hashes.reversed() { count.insert(hash) }
        #expect(count.count == 100)
        #expect(count.isExact)
    }

    @Test("Beyond it an estimate, within five standard errors", arguments: [10_000, 100_000, 1_000_000])
    func estimate(distinct: Int) {
        var random = SeededRandom(seed: 2)
        var count = DistinctCount(capacity: 4_096)
        for _ in 0..<distinct {
            let hash = random.next()
            count.insert(hash)
            count.insert(hash)
        }
        #expect(!count.isExact)
        let error = Double(count.count - distinct) / Double(distinct)
        #expect(abs(error) < 5 * 1.2 / Double(4_096).squareRoot(), "\(count.count)")
    }
}
