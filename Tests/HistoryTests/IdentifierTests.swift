import Foundation
import History
import Testing

import struct History.Operation

@Suite("Ids that a history assigns")
struct IdentifierTests {
    @Test(
        "Are those after the largest, or the smallest unused ones where there is no room after it",
        arguments: [
            ([0, 0, 0], [1, 2, 3]), ([0, 7, 0], [8, 7, 9]),
            ([0, 1 << 62, 0, 2, 0], [1, 1 << 62, 3, 2, 4]), ([0, (1 << 62) - 1, 0], [1, (1 << 62) - 1, 2]),
            ([0, (1 << 62) - 2, 0], [(1 << 62) - 1, (1 << 62) - 2, 1 << 62]), ([.max, 0], [.max, 1]),
        ] as [([Int64], [Int64])])
    func assigned(given: [Int64], expected: [Int64]) {
        // The starts keep the order.
        let operations = given.enumerated().map { index, id in
            Operation(id: id, kind: .read, key: 0, start: Int64(index), end: Int64(index))
        }
        #expect(History(operations: operations, keys: ["a"]).operations.map(\.id) == expected)
    }

    @Test("A history whose file gives the largest id can be written and read again")
    func roundTrip() throws {
        let header = #"{"format":"swift-cache-coherence history","version":1}"#
        let lines = [#"{"id":4611686018427387904,"kind":"evict","start":1}"#, #"{"kind":"evict","start":2}"#]
        let reading = Reading(([header] + lines).joined(separator: "\n"))
        #expect(reading.errors == [])
        let history = History(operations: reading.operations, keys: reading.keys)
        let path = NSTemporaryDirectory() + "identifiers-\(UInt64.random(in: 0 ... .max)).jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try history.write(to: path)
        #expect(try History(contentsOf: path) == history)
    }
}
