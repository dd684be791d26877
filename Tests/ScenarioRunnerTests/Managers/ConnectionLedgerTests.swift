import Checking
import RedisClient
import Testing

@testable import ScenarioRunner

@Suite("Lists of a server's connections")
struct ConnectionLedgerTests {
    private static func ledger(isAlone: Bool = true) -> ConnectionLedger {
        ConnectionLedger(application: "run-1", outside: "coherence", isAlone: isAlone)
    }

    /// Lists of clients, each as `id name command`.
    private static func take(_ lists: [[String]], isAlone: Bool = true) -> [Connections.Subject: Int64] {
        var ledger = ledger(isAlone: isAlone)
        var last: [Connections.Subject: Int64] = [:]
        for list in lists {
            let lines: [String] = list.map { line in
                let parts = line.split(separator: " ", omittingEmptySubsequences: false)
                let flags = parts.count > 3 ? parts[3] : "N"
                return "id=\(parts[0]) addr=:0 flags=\(flags) name=\(parts[1]) cmd=\(parts[2])\n"
            }
            let text = lines.joined()
            last = Dictionary(
                uniqueKeysWithValues: ledger.take(ConnectionAudit.clients(listed: text)).map { ($0.subject, $0.count) })
        }
        return last
    }

    private static let manager = "run-1/manager:7"

    @Test(
        "Of a manager is counted what is there in two lists in a row: a closed one may be listed beside its successor")
    func counted() {
        let first = ["1 \(Self.manager) get", "2 \(Self.manager)/i0 subscribe"]
        #expect(Self.take([first]) == [.list: 2, .pool(Self.manager): 0, .subscriber("\(Self.manager)/i0"): 0])
        let second = first + ["3 \(Self.manager) get", "4 \(Self.manager)/i0 subscribe"]
        #expect(
            Self.take([first, second]) == [.list: 4, .pool(Self.manager): 1, .subscriber("\(Self.manager)/i0"): 1])
        #expect(
            Self.take([first, second, second])
                == [.list: 4, .pool(Self.manager): 2, .subscriber("\(Self.manager)/i0"): 2])
    }

    static let others: [(client: String, isAlone: Bool, isStranger: Bool)] = [
        ("5 quick-fix get", true, true), ("5 other/manager:7 get", true, true),
        ("5  get", true, true), ("5  NULL", true, false), ("5  auth", true, false), ("5 coherence ping", true, false),
        ("5 run-1.0.control info", true, false), ("5  psync S", true, false),
        // Other clusters of the run are judged by themselves, and those that are gone may still be listed.
        ("5 run-12.own get", true, false), ("5 run-12/manager:7 get", true, false), ("5 run-1.own get", true, true),
        ("5 runner get", true, true),
        // On a server that others use, only names of the run's own say that a connection is of the run.
        ("5 quick-fix get", false, false), ("5 run-1.own get", false, true), ("5  get", false, false),
    ]

    @Test(
        "Who belongs to no manager is told once, with his name, and the run's own connections are not",
        arguments: others)
    func strangers(client: String, isAlone: Bool, isStranger: Bool) {
        func told(_ lists: [[String]]) -> [Connections.Subject] {
            Self.take(lists, isAlone: isAlone).keys.filter { if case .stranger = $0 { true } else { false } }
        }
        #expect(told([[client]]).count == (isStranger ? 1 : 0))
        #expect(told([[client], [client]]).isEmpty)
    }
}
