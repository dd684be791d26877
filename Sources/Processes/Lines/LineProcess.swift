import Foundation
import Subprocess
import SystemPackage

/// A process that is told what to do on its standard input and answers on its standard output, each a line of JSON.
/// ``ParentLines`` is the other end.
package struct LineProcess<Order: Encodable & Sendable, Message: Decodable & Sendable>: Sendable {
    /// What is heard of it.
    package enum News: Sendable {
        case started(pid_t)
        case said(Message)
        /// It has ended: how, in words.
        case ended(String)
    }

    package let orders: AsyncStream<Order>.Continuation
    private let received: AsyncStream<Order>

    package init() {
        (received, orders) = AsyncStream.makeStream(of: Order.self)
    }

    /// Runs it until it ends. The end of the orders is the end of its standard input, and that of the process.
    /// - Parameter settings: the first line of its standard input, where no list of processes shows it.
    package func run(
        _ program: String, arguments: [String], settings: some Encodable & Sendable,
        _ tell: @escaping @Sendable (News) -> Void
    ) async {
        // Of the whole process: whoever writes to one that has just died would die with it.
        signal(SIGPIPE, SIG_IGN)
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for the parent, which ends all processes in order.
        options.processGroupID = 0
        do {
            let result = try await Subprocess.run(
                .path(.init(program)), arguments: Arguments(arguments), platformOptions: options, input: .inputWriter,
                output: .sequence, error: .discarded
            ) { execution in
                tell(.started(execution.processIdentifier.value))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        func say(_ message: some Encodable) async throws {
                            let line = String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
                            _ = try await execution.standardInputWriter.write(line + "\n")
                        }
                        try await say(settings)
                        for await order in received { try await say(order) }
                        try await execution.standardInputWriter.finish()
                    }
                    for try await line in execution.standardOutput.strings(bufferingPolicy: .unbounded) {
                        guard let message = try? JSONDecoder().decode(Message.self, from: Data(line.utf8)) else {
                            continue
                        }
                        tell(.said(message))
                    }
                    // Its output has ended, and so will it: nobody is there to be given orders.
                    orders.finish()
                    _ = try? await group.next()
                }
            }
            tell(.ended(result.terminationStatus.words))
        } catch {
            tell(.ended("could not be run: \(error)"))
        }
    }
}

extension TerminationStatus {
    /// How a process ended: the end of a sentence that begins with "it".
    package var words: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }
}
