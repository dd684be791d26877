import Checking
import Foundation
import History
import TestSupport
import Testing

@Suite("Logs of registers with compare-and-set", .computing)
struct RegisterLogTests {
    private static func report(of log: RegisterLog) throws -> CheckReport {
        let file = FileManager.default.temporaryDirectory.appending(path: "register-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try log.text.write(toFile: file, atomically: true, encoding: .utf8)
        var search = LinearizableBySearch()
        search.isZeroAValue = true
        return try Linearizable(search: search).examine(History(contentsOf: file))
    }

    @Test("Those of a register that works pass, within the budget", arguments: 0..<25 as Range<UInt64>)
    func passes(seed: UInt64) throws {
        let report = try Self.report(of: RegisterLog(seed: seed, fault: nil, events: 170))
        #expect(report.verdict == .pass, "\(report.violations.first?.explanation ?? report.reason ?? "")")
    }

    @Test("Those of a broken one are refuted, however it is broken", arguments: RegisterLog.Fault.allCases)
    func violations(fault: RegisterLog.Fault) throws {
        var found = 0
        for seed in 0..<15 as Range<UInt64> {
            let report = try Self.report(of: RegisterLog(seed: seed, fault: fault, events: 170))
            #expect(report.verdict != .unknown, "\(report.reason ?? "")")
            if report.verdict == .violation { found += 1 }
        }
        #expect(found >= 3, "one operation in six is broken, and few others happen to explain it")
    }

    @Test("Longer logs, with more clients, are judged within the budget", arguments: 0..<2 as Range<UInt64>)
    func longer(seed: UInt64) throws {
        let report = try Self.report(of: RegisterLog(seed: seed, fault: nil, events: 400, clients: 8))
        #expect(report.verdict == .pass, "\(report.reason ?? "")")
    }
}
