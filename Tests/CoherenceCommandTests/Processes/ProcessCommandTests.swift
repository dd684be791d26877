import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Runs whose instances are processes, ended from outside.
@Suite("The command, when its instances are processes", .serialized)
struct ProcessCommandTests {
    private let command = CommandTests()

    private static let endless = CommandTests.small.replacing("workers: 2", with: "workers: 2, placement: processes")
        .replacing("50 per worker", with: "1000000 per worker")

    /// Starts a run, sends it a signal when something is so of its instances, and waits until nothing of it is left.
    private func end(
        _ text: String, by signal: Int32, when isReady: @escaping @Sendable ([ProcessList.Row]) -> Bool
    ) async throws {
        try await command.withFile(text) { file in
            let result = try await Subprocess.run(
                .path(.init(CommandTests.command)), arguments: ["run", file],
                environment: CommandTests.keepingNothing, input: .none, output: .discarded,
                error: .discarded
            ) { execution in
                let process = execution.processIdentifier.value
                var instances: [ProcessList.Row] = []
                try await eventually("instances of \(process)") {
                    let numbers = try ProcessList.children(of: process, named: "instance")
                    instances = try ProcessList.all().filter { numbers.contains($0.process) }
                    return isReady(instances)
                }
                kill(process, signal)
                return (process: process, instances: instances.map(\.process))
            }
            let (process, instances) = result.closureResult
            #expect(instances.count == 2)
            try await eventually("the end of \(instances)") {
                let alive = Set(try ProcessList.all().map(\.process))
                return alive.isDisjoint(with: instances)
            }
            try await eventually("the end of \(command.leftovers(of: process))") {
                command.leftovers(of: process).isEmpty
            }
            if signal != SIGKILL { #expect(result.terminationStatus == .exited(128 + signal)) }
        }
    }

    @Test(
        "Whatever signal ends it, no process, no server and no folder is left", arguments: [SIGINT, SIGTERM, SIGKILL])
    func ended(by signal: Int32) async throws {
        try await end(Self.endless, by: signal) { $0.count == 2 }
    }

    @Test("The same while a fault has stopped an instance", arguments: [SIGINT, SIGTERM, SIGKILL])
    func endedDuringPause(by signal: Int32) async throws {
        let paused =
            Self.endless + """

                faults:
                  - pause: { whom: instance 2, during: work, for: 1h }
                """
        try await end(paused, by: signal) { $0.contains(where: \.isStopped) }
    }
}
