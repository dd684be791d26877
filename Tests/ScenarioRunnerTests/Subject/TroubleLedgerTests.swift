import History
import Judging
import Scenarios
import Testing

@testable import ScenarioRunner

@Suite("What is collected of operations that failed")
struct TroubleLedgerTests {
    @Test("Texts that differ in digits alone are one reason, and outcomes and operations are apart")
    func groups() {
        let ledger = TroubleLedger()
        for number in 0..<10 {
            ledger.note(.write, isUnknown: true, instance: number % 2, "port \(40_000 + number) is closed")
        }
        ledger.note(.write, isUnknown: false, instance: 0, "port 1 is closed")
        ledger.note(.read, isUnknown: false, instance: 0, "")
        let record = ledger.record
        #expect(record.reasons.map(\.count) == [10, 1, 1])
        #expect(record.reasons[0].text == "port 40000 is closed")
        #expect(record.reasons[0].instances == [0: 5, 1: 5])
        #expect(record.reasons[1].text == "no reason was given")
    }

    @Test("What is held is bounded in number and length, and printable, whatever comes")
    func bounds() {
        let ledger = TroubleLedger()
        for number in 0..<200 {
            let name = String(repeating: "x", count: number)
            let long = String(repeating: "€", count: 100_000)
            ledger.note(.read, isUnknown: false, instance: 0, "\u{1B}[2J\(name)\(long)")
            ledger.log("warn\n\(name)", "a\nb" + String(repeating: "y", count: 100_000), instance: 3)
        }
        let record = ledger.record
        #expect(record.reasons.count == TroubleLedger.mostReasons)
        #expect(record.others == 200 - TroubleLedger.mostReasons)
        #expect(record.reasons.allSatisfy { $0.text.count <= TroubleLedger.longestText + 1 && $0.text.isPrintable })
        #expect(record.logs.count == TroubleLedger.mostLogLines)
        #expect(record.moreLogs == 200 - TroubleLedger.mostLogLines)
        #expect(record.logs.allSatisfy { $0.text.count <= TroubleLedger.longestText + 1 && $0.text.isPrintable })
        #expect(record.logs.allSatisfy { $0.level.isPrintable && $0.level.count <= 21 })
    }

    @Test("A run of the reference cache tells why its operations failed")
    func reference() async throws {
        let scenario = Scenario(
            name: "down", file: "in code", worlds: [.simulated],
            cluster: Cluster(instances: 2, workers: 2, lease: .milliseconds(200)),
            data: [DataSet(name: "k", keys: 3)],
            phases: [
                Phase(
                    name: "race",
                    action: .mix(
                        Mix(data: ["k"], operationsPerWorker: 100, shares: Mix.Shares(read: 0.5, write: 0.5))))
            ],
            faults: [Fault(.crash(.kept), of: .redis, during: ["race"], until: .share(0.8))], checks: [.sessions])
        let result = SimulatedRun(scenario: scenario, defects: []).result(seed: 1)
        #expect(result.operations.failed > 0, LiveWorldTests.story(result))
        let told = result.troubles.reasons.reduce(result.troubles.others) { $0 + $1.count }
        #expect(told == result.operations.failed)
        #expect(result.troubles.reasons.allSatisfy { !$0.text.isEmpty })
        #expect(result.troubles.untold == 0)
        var silent = result
        silent.keep(
            RunRecord(world: .simulated, history: result.history, phases: [], roundTrips: [], faults: []), scenario)
        #expect(silent.troubles.untold == result.operations.failed)
    }
}
