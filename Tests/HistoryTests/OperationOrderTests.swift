import Simulation
import Testing

@testable import History

@Suite("The order of a history")
struct OperationOrderTests {
    /// From which starts and ids the operations are drawn.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let starts: ClosedRange<Int64>
        /// Whether the ids rise in the order in which the operations are handed over, as a recorder's do.
        let idsRise: Bool
    }

    static let kinds = [
        Kind(testDescription: "many starts, rising ids", starts: -1_000_000_000...1_000_000_000_000, idsRise: true),
        Kind(testDescription: "few starts, rising ids", starts: 0...3, idsRise: true),
        Kind(testDescription: "one start, rising ids", starts: 7...7, idsRise: true),
        Kind(testDescription: "all starts there are, rising ids", starts: .min ... .max, idsRise: true),
        Kind(testDescription: "few starts, ids in any order", starts: 0...3, idsRise: false),
        Kind(testDescription: "all starts there are, ids in any order", starts: .min ... .max, idsRise: false),
    ]

    @Test("It is that of the starts, and of the ids where starts are equal", arguments: kinds)
    func order(kind: Kind) {
        var random = SeededRandom(seed: 11)
        for count in [0, 1, 2, 3, 100, 5_000] {
            var ids = (1...Int64(count + 1)).dropLast().map { $0 }
            if !kind.idsRise { ids.shuffle(using: &random) }
            let operations = ids.map { id in
                Operation(id: id, kind: .read, start: Int64.random(in: kind.starts, using: &random), end: .max)
            }
            let expected = operations.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
            #expect(OperationOrder.sorted(operations) == expected, "\(count) operations")
            #expect(OperationOrder.sorted(expected) == expected, "\(count) operations")
        }
    }
}
