import Dispatch
import Foundation
import Support

/// Turns the first Ctrl-C (or SIGTERM, or SIGHUP of a terminal that is closed) into a cancellation, so that a run leaves
/// nothing behind; the second one ends the process where it stands. A reader of the output that goes away cancels as well,
/// and nothing is said of that.
final class Interruption: Sendable {
    private let caught = Lock<Int32?>(nil)

    /// The signal that ended the work early, if one did.
    var signal: Int32? { caught.withLock { $0 } }

    /// Whether the work is to end.
    var isStopped: Bool { signal != nil || StandardOutput.isReaderGone }

    func run<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        // The handlers stand before the work begins: a signal in between would end the process and leave what it has made.
        let begun = Lock<Task<Result, Never>?>(nil)
        let sources = Self.signals.map { number in
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in
                let isFirst = caught.withLock { caught in
                    defer { caught = number }
                    return caught == nil
                }
                if !isFirst { exit(128 + number) }
                Console.error("\ncoherence: interrupted; cleaning up (once more to stop at once)")
                begun.withLock { $0 }?.cancel()
            }
            source.resume()
            return source
        }
        let task = Task { await work() }
        begun.withLock { $0 = task }
        if signal != nil { task.cancel() }
        StandardOutput.whenReaderIsGone { task.cancel() }
        let result = await task.value
        for source in sources { source.cancel() }
        return result
    }

    /// What ends the work. `nohup` has SIGHUP ignored, and then it is.
    private static var signals: [Int32] { isIgnored(SIGHUP) ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP] }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if os(Linux)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
