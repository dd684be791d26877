import Checking
import History
import TestSupport
import Testing

@Suite("A streaming check says what the check of recorded histories says", .computing)
struct StreamingAgreementTests {
    #if DEBUG
        static let stride = 7
        static let smallCases: UInt64 = 25_000
        static let crowdedCases: UInt64 = 6_000
        static let modelSeeds: Range<UInt64> = 0..<40
    #else
        static let stride = 1
        static let smallCases: UInt64 = 100_000
        static let crowdedCases: UInt64 = 30_000
        static let modelSeeds: Range<UInt64> = 0..<400
    #endif

    @Test("On random histories of up to 12 reads and writes", arguments: 0..<4)
    func smallHistories(part: UInt64) {
        expectAgreement(.linearizable, atLeast: 1_000) { judge in
            for seed in 0..<Self.smallCases {
                guard judge(SmallHistory.random(.versions, seed: seed * 4 + part).history(.versions)) else { return }
            }
        }
    }

    @Test("On every history of up to 3 operations, with every outcome of their writes", arguments: [1, 2, 3])
    func exhaustive(count: Int) {
        expectAgreement(.linearizable, atLeast: 1) { judge in
            forEachHistory(of: count, part: 0, of: 1, every: count == 3 ? Self.stride : 1) { history in
                history.withEveryOutcome(.versions).allSatisfy { judge($0.history(.versions)) }
            }
        }
    }

    @Test("On every history of 4 operations", arguments: 0..<4)
    func exhaustiveOfFour(part: Int) {
        expectAgreement(.linearizable, atLeast: 1_000) { judge in
            forEachHistory(of: 4, part: part, of: 4, every: Self.stride) { judge($0.history(.versions)) }
        }
    }

    @Test("On random crowded histories of every kind of operation", arguments: StreamedCase.all, [6, 14, 40])
    func crowded(check: StreamedCase, count: Int) {
        let cases = count <= 14 ? Self.crowdedCases : Self.crowdedCases * 8 / UInt64(count)
        expectAgreement(check, atLeast: Int(cases) / 1_000) { judge in
            for seed in 0..<cases {
                guard judge(CrowdedHistory.make(seed: seed, operations: count)) else { return }
            }
        }
    }

    @Test("On long histories with many tags, where much has been forgotten when it is asked for")
    func tags() {
        expectAgreement(.fresh, atLeast: 10, isMixed: false) { judge in
            for seed in 0..<Self.crowdedCases / 20 {
                guard judge(CrowdedHistory.make(seed: seed * 4 + 3, operations: 150)) else { return }
            }
        }
    }

    @Test("On histories of a cache, correct or broken", arguments: StreamedCase.all, ModelCache.Mode.allCases)
    func modelCache(check: StreamedCase, mode: ModelCache.Mode) {
        let faults: [ModelCache.Fault?] = [nil] + ModelCache.Fault.allCases
        expectAgreement(check, atLeast: 0) { judge in
            for seed in Self.modelSeeds {
                let fault = faults[Int(seed) % faults.count]
                guard judge(ModelCache.history(mode: mode, fault: fault, seed: seed)) else { return }
            }
        }
    }

    /// Judges cases until there is a dispute, which is shrunk. There must be violations and, in a mixed lot, others.
    private func expectAgreement(
        _ check: StreamedCase, atLeast least: Int, isMixed: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ cases: ((History) -> Bool) -> Void
    ) {
        var judged = 0
        var violations = 0
        var dispute: String?
        cases { history in
            judged += 1
            let expected = check.expected(history)
            if check.dispute(check.streaming(history), expected) != nil { dispute = check.shrunk(history) }
            if expected.verdict == .violation { violations += 1 }
            return dispute == nil
        }
        #expect(dispute == nil, sourceLocation: sourceLocation)
        #expect(violations >= least, sourceLocation: sourceLocation)
        #expect(violations < judged || !isMixed, sourceLocation: sourceLocation)
    }

    private func forEachHistory(
        of count: Int, part: Int, of parts: Int, every stride: Int, _ body: (SmallHistory) -> Bool
    ) {
        let labellings = SmallHistory.labellings(of: count)
        var number = 0
        var goesOn = true
        SmallHistory.forEachPlacing(of: count) { intervals in
            for labelling in labellings where goesOn {
                number += 1
                guard number % parts == part, number / parts % stride == 0 else { continue }
                let steps = zip(intervals, labelling).map {
                    SmallHistory.Step(start: $0.start, end: $0.end, isWrite: $1.isWrite, label: $1.label)
                }
                goesOn = body(SmallHistory(steps: steps))
            }
        }
    }
}
