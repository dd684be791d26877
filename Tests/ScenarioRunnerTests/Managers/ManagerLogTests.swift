import Foundation
import Judging
import RedisClient
import Testing

@testable import ScenarioRunner

@Suite("What a process writes down about its manager")
struct ManagerLogTests {
    private static let transition = ManagerRecord.Transition(.init(from: .closed, to: .open, time: 5))

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "manager-log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("All of it is read again, of each process, also what a killed one had no time to end")
    func reading() throws {
        try withFolder { folder in
            let whole = try ManagerLog(path: "\(folder)/a\(ManagerLog.suffix)")
            whole.write(.asked(process: 1, tasks: 1_000, managers: 1))
            whole.write(.changed(Self.transition))
            var counts = CallCounts()
            counts.answered = 3
            counts.unknown = [.commandTimedOut: 2]
            whole.write(.ended(ManagerRecord.Calls(counts)))
            let killed = try ManagerLog(path: "\(folder)/b\(ManagerLog.suffix)")
            killed.write(.asked(process: 2, tasks: 1_000, managers: 1))
            let torn = try FileHandle(forUpdating: URL(filePath: "\(folder)/b\(ManagerLog.suffix)"))
            try torn.seekToEnd()
            try torn.write(contentsOf: Data(#"{"changed":{"_0":{"fr"#.utf8))
            _ = try ManagerLog(path: "\(folder)/c\(ManagerLog.suffix)")

            let processes = ManagerRecord(limit: 5, processes: try ManagerLog.read(folder: folder)).processes
            #expect(processes.map(\.process) == [1, 2])
            #expect(processes[0].transitions == [Self.transition])
            #expect(processes[0].calls == ManagerRecord.Calls(counts))
            #expect(processes[1].calls == nil && processes[1].transitions.isEmpty)
        }
    }

    @Test("A log that no process writes is refused")
    func refused() throws {
        try withFolder { folder in
            try Data("nonsense\n".utf8).write(to: URL(filePath: "\(folder)/a\(ManagerLog.suffix)"))
            #expect(throws: DecodingError.self) { try ManagerLog.read(folder: folder) }
        }
    }
}
