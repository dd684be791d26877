import Checking
import History
import TestSupport
import Testing

@Suite("Streaming checks keep what concurrency and keys call for, however long the history", .computing)
struct BoundedMemoryTests {
    #if DEBUG
        static let length = 1_000_000
    #else
        static let length = 10_000_000
    #endif
    static let keys = 20
    static let names = OperationNames(keys: (0..<keys).map { "key \($0)" }, tagSets: EndlessHistory.tagSets)

    /// What may be held, as the checks document it. What is in flight may be counted several times: as itself, as what
    /// waits for it, as what it promises and to whom. (Loads are not serialised in these histories.)
    static let cases: [(check: any StreamingCheck, bound: Int)] = {
        let clients = EndlessHistory.clients
        let instances = EndlessHistory.instances
        let sessions = keys * clients
        let unknown = 2 * keys
        return [
            (
                StreamingLinearizableByVersions(names: names),
                keys * (3 + 64) + 3 * clients + unknown
            ),
            (
                StreamingFreshAfterInvalidation(names: names),
                (keys + 2) * (instances + 1) + keys * (1 + 2 * (instances + 1)) + 12 * clients
            ),
            (StreamingBoundedStaleness(names: names, limit: 1_000), keys + clients + 1_000 / 10),
            (StreamingSessions(names: names), 3 * sessions + 1),
            (StreamingLoads(names: names), keys * instances),
        ]
    }()

    @Test("They pass a long correct history within their bound", arguments: cases.indices)
    func bounded(index: Int) throws {
        var (check, bound) = Self.cases[index]
        let peak = try peak(of: &check)
        #expect(peak > 0)
        #expect(peak <= bound)
        #expect(check.finish().verdict == (check.name == "loads" ? .violation : .pass))
    }

    private func peak(of check: inout some StreamingCheck) throws -> Int {
        var peak = 0
        for (number, operation) in EndlessHistory(keys: Self.keys).prefix(Self.length).enumerated() {
            try check.observe(operation)
            if number % 997 == 0 { peak = max(peak, check.retained) }
        }
        return peak
    }

    @Test("A history of nothing but unknown writes that nobody read costs one place a write, as documented")
    func adversary() throws {
        var check = StreamingLinearizableByVersions(names: OperationNames(keys: ["x"]))
        for number in 1...Int64(10_000) {
            try check.observe(
                Operation(
                    id: number, kind: .write, key: 0, version: number, outcome: .unknown, start: number, end: number))
        }
        #expect(check.retained == 10_000)
        // A finished write of a higher version makes all of them unreadable.
        try check.observe(Operation(id: 20_000, kind: .write, key: 0, version: 20_000, start: 20_000, end: 20_001))
        try check.observe(Operation(id: 20_001, kind: .read, key: 0, version: 20_000, start: 20_002, end: 20_003))
        try check.observe(Operation(id: 20_002, kind: .read, key: 0, version: 20_000, start: 20_004, end: 20_005))
        #expect(check.retained <= 5)
        #expect(check.finish().verdict == .pass)
    }
}
