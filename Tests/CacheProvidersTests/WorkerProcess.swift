import Foundation
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A worker process that answers requests line by line. Only one task at a time may use it.
final class WorkerProcess {
    struct Ended: Error {}

    private var answers: AsyncStream<String>.Iterator
    private let orders: AsyncStream<String>.Continuation
    /// How the process ended.
    let end: Task<TerminationStatus, any Error>

    private static let program: String = {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/",
            !FileManager.default.isExecutableFile(atPath: folder.appending(path: "provider-worker").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder.appending(path: "provider-worker").path
    }()

    /// Starts the process, and waits until it is ready.
    nonisolated(nonsending) static func start(_ environment: [String: String]) async throws -> WorkerProcess {
        let process = WorkerProcess(environment)
        _ = try await process.next()
        return process
    }

    private init(_ environment: [String: String]) {
        let (received, orders) = AsyncStream.makeStream(of: String.self)
        let (answers, said) = AsyncStream.makeStream(of: String.self)
        self.orders = orders
        var settings: [Environment.Key: String?] = [:]
        for (name, value) in environment { settings[Environment.Key(stringLiteral: name)] = value }
        let inherited = Environment.inherit.updating(settings)
        end = Self.begin(inherited, received, orders, said)
        self.answers = answers.makeAsyncIterator()
    }

    private static func begin(
        _ environment: Environment, _ received: AsyncStream<String>, _ orders: AsyncStream<String>.Continuation,
        _ said: AsyncStream<String>.Continuation
    ) -> Task<TerminationStatus, any Error> {
        Task { try await run(environment, received, orders, said) }
    }

    private static func run(
        _ environment: Environment, _ received: AsyncStream<String>, _ orders: AsyncStream<String>.Continuation,
        _ said: AsyncStream<String>.Continuation
    ) async throws -> TerminationStatus {
        defer { said.finish() }
        let result = try await Subprocess.run(
            .path(.init(Self.program)), environment: environment, input: .inputWriter, output: .sequence,
            error: .discarded
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await order in received { _ = try await execution.standardInputWriter.write(order + "\n") }
                    try await execution.standardInputWriter.finish()
                }
                for try await line in execution.standardOutput.strings(bufferingPolicy: .unbounded) {
                    said.yield(line.trimmingCharacters(in: .newlines))
                }
                orders.finish()
                _ = try? await group.next()
            }
        }
        return result.terminationStatus
    }

    private nonisolated(nonsending) func next() async throws -> String {
        guard let line = await answers.next(isolation: #isolation) else { throw Ended() }
        return line
    }

    nonisolated(nonsending) func ask(_ order: String) async throws -> String {
        orders.yield(order)
        return try await next()
    }

    /// Sends an order that the process does not survive.
    func order(_ order: String) { orders.yield(order) }

    func stop() { orders.finish() }
}
