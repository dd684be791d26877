import AdapterProtocol
import Dispatch
import Foundation
import Processes
import Subprocess
import Support
import SystemPackage

/// An adapter's process with its three streams, which are read and written by whoever has it, and nobody else.
///
/// Starting and reaping are left to the library; the streams are plain pipes, so that a search of a thread of its own
/// can wait for all instances in one call.
final class GatedProcess: Sendable {
    /// Our ends. Reading never waits.
    let input: Int32
    let output: Int32
    let errors: Int32
    /// What its environment and that of all that it starts says.
    let mark: String
    private let state = Lock(State())
    private let isOver = DispatchSemaphore(value: 0)

    private struct State {
        var identifier: pid_t?
        var how: String?
        var isReaped = false
    }

    struct Configuration: Sendable {
        var command: String
        var folder: String?
        var environment: [String: String] = [:]
        var registry: ProcessRegistry
    }

    /// Starts it and returns at once.
    /// - Throws: ``GatedError`` if there are no descriptors for it.
    init(_ configuration: Configuration) throws {
        // Of the whole process: whoever writes to one that has just died would die with it.
        Foundation.signal(SIGPIPE, SIG_IGN)
        var ends: [(read: Int32, write: Int32)] = []
        for _ in 0..<3 {
            guard let end = Self.pipe() else {
                for end in ends {
                    close(end.read)
                    close(end.write)
                }
                throw GatedError.notHere("no pipe could be opened: \(String(cString: strerror(errno)))")
            }
            ends.append(end)
        }
        input = ends[0].write
        output = ends[1].read
        errors = ends[2].read
        for end in [input, output, errors] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
        mark = "\(configuration.registry.mark)/\(UInt64.random(in: 0...UInt64.max))"
        let theirs = (ends[0].read, ends[1].write, ends[2].write)
        Task { [self] in await run(configuration, theirs) }
    }

    private static func pipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// - Parameter theirs: the process's ends, which are closed here.
    private func run(_ configuration: Configuration, _ theirs: (Int32, Int32, Int32)) async {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for the runner, which ends all processes in order.
        options.processGroupID = 0
        let given = configuration.environment.merging([MarkedProcesses.variable: mark]) { _, mark in mark }
        let environment = Dictionary(
            uniqueKeysWithValues: given.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let how: String
        do {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", configuration.command],
                environment: .inherit.updating(environment),
                workingDirectory: configuration.folder.map { .init($0) }, platformOptions: options,
                input: .fileDescriptor(FileDescriptor(rawValue: theirs.0), closeAfterSpawningProcess: true),
                output: .fileDescriptor(FileDescriptor(rawValue: theirs.1), closeAfterSpawningProcess: true),
                error: .fileDescriptor(FileDescriptor(rawValue: theirs.2), closeAfterSpawningProcess: true)
            ) { execution in
                let identifier = execution.processIdentifier.value
                state.withLock { $0.identifier = identifier }
                configuration.registry.started(identifier)
            }
            how = result.terminationStatus.words
        } catch {
            how = "could not be run: \(error)"
        }
        state.withLock { state in
            state.isReaped = true
            state.how = how
        }
        await MarkedProcesses.end(mark)
        if let identifier = state.withLock({ $0.identifier }) { configuration.registry.ended(identifier) }
        isOver.signal()
    }

    /// The number of the process; `nil` before it has started, and when it is gone.
    var identifier: pid_t? { state.withLock { $0.isReaped ? nil : $0.identifier } }

    /// How it ended; `nil` while it lives.
    var how: String? { state.withLock { $0.how } }

    /// Ends it, and all that it has started, and closes the streams. Waits until it is gone, for a few seconds at most.
    func end() {
        close(input)
        state.withLock { state in
            if let identifier = state.identifier, !state.isReaped {
                kill(-identifier, SIGKILL)
                kill(identifier, SIGKILL)
            }
        }
        MarkedProcesses.signal(SIGKILL, mark)
        _ = isOver.wait(timeout: .now() + .seconds(5))
        close(output)
        close(errors)
    }
}
