import Foundation
import Reporting
import Support

/// Standard output, every write of which is checked: a verdict that could not be printed was not given.
enum StandardOutput {
    /// Why output was lost.
    enum Loss: Sendable, Equatable {
        /// Its reader has closed the pipe, as `head` does when it has seen enough.
        case readerGone
        /// The system's error number.
        case failed(Int32)
    }

    private struct State {
        var loss: Loss?
        var onReaderGone: (@Sendable () -> Void)?
    }

    private static let state = Lock(State())

    /// The first loss; `nil` if all was written.
    static var loss: Loss? { state.withLock { $0.loss } }

    /// Whether nobody reads any more. Work whose only use is to be printed may end.
    static var isReaderGone: Bool { loss == .readerGone }

    /// What to do, once, when the reader has gone; at once if it has.
    static func whenReaderIsGone(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            state.onReaderGone = action
            return state.loss == .readerGone
        }
        if isGone { action() }
    }

    /// Makes sure, before anything is opened, that the three standard descriptors are taken and that a broken pipe or a
    /// file's limit is an error of a write and not the end of the process.
    ///
    /// The next file that is opened takes the number of a descriptor that the caller has closed, and would be written the
    /// report. In its place stands one that cannot be used, so that each use fails.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of it, or remembers why not.
    static func write(_ text: String) {
        guard loss == nil, let number = Descriptor.write(text, to: STDOUT_FILENO) else { return }
        lose(number == EPIPE ? .readerGone : .failed(number))
    }

    /// To be called once, when everything is written. Some file systems report a full disk only here.
    static func close() {
        guard loss == nil, Foundation.close(STDOUT_FILENO) != 0, errno != EINTR else { return }
        // It was closed before, and nothing was written.
        if errno != EBADF { lose(.failed(errno)) }
    }

    private static func lose(_ loss: Loss) {
        let action = state.withLock { state in
            guard state.loss == nil else { return nil as (@Sendable () -> Void)? }
            state.loss = loss
            return loss == .readerGone ? state.onReaderGone : nil
        }
        action?()
    }
}
