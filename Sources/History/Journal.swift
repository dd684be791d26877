import Support

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that holds what the logs of a recorder recorded even if the process is killed: each call hands its lines to
/// the system before it returns.
///
/// The file is a history in JSON Lines. Of an operation that was begun and never recorded it has a line with an unknown
/// outcome and without an end; one that was recorded after all has its own line later in the file, of the same worker.
/// A process that is killed while it writes leaves an incomplete last line.
public final class Journal: Sendable {
    private struct State {
        var encoder = JSONLinesEncoder()
        var keyCount = 0
        var tagSetCount = 1
        /// By log, how much of it has been written.
        var written: [Int64: Int] = [:]
    }

    private let descriptor: Int32
    private let path: String
    private let names: Names
    private let state = Lock(State())
    private let onFailure: @Sendable (HistoryFileError) -> Void

    /// Creates the file.
    /// - Parameters:
    ///   - recorder: whose logs are to be written.
    ///   - onFailure: is called with the error when a line cannot be written. The journal is incomplete then.
    public init(
        path: String, of recorder: Recorder, onFailure: @escaping @Sendable (HistoryFileError) -> Void
    ) throws(HistoryFileError) {
        // Several threads write, each whole lines: they are appended, in whatever order.
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw HistoryFileError(file: path, system: errno, expected: "a file that can be written")
        }
        self.path = path
        names = recorder.names
        self.onFailure = onFailure
        append(Array("\(JSONLinesHeader.line)\n".utf8))
    }

    deinit { close(descriptor) }

    /// Writes that an operation has begun. Its outcome is unknown until it is recorded.
    /// - Parameter operation: its kind, its names and its start.
    public func begin(_ operation: Operation, in log: WorkerLog) {
        var begun = operation
        begun.instance = log.instance
        begun.worker = log.worker
        begun.outcome = .unknown
        begun.end = Operation.never
        append(state.withLock { state in encode([begun], &state) })
    }

    /// Writes what was recorded in a log since the last call. Only the task that writes the log may call this.
    public func write(_ log: WorkerLog) { append(lines(of: log)) }

    /// The lines that ``write(_:)`` would write, to be handed to ``append(_:)``: for whoever guards a log with a
    /// lock, which is not held while a file is written.
    public func lines(of log: WorkerLog) -> [UInt8] {
        state.withLock { state in
            let written = state.written[log.firstID, default: 0]
            state.written[log.firstID] = log.recorded.count
            return encode(log.recorded[written...], &state)
        }
    }

    private func encode(_ operations: some Sequence<Operation>, _ state: inout State) -> [UInt8] {
        var bytes: [UInt8] = []
        for operation in operations {
            if Int(operation.key) >= state.keyCount || Int(operation.tagSet) >= state.tagSetCount { learn(&state) }
            state.encoder.encode(operation, into: &bytes)
        }
        return bytes
    }

    /// Each line has the names themselves; the encoder wants to know them by number, without their being declared.
    private func learn(_ state: inout State) {
        let table = names.table
        for key in table.keys[state.keyCount...] { _ = state.encoder.declaration(ofKey: key) }
        for tags in table.tagSets[state.tagSetCount...] { _ = state.encoder.declaration(ofTagSet: tags) }
        (state.keyCount, state.tagSetCount) = (table.keys.count, table.tagSets.count)
    }

    /// Hands lines to the system.
    public func append(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                return onFailure(HistoryFileError(file: path, system: errno, expected: "room for the history"))
            }
            rest = rest.dropFirst(count)
        }
    }

    /// The system's, which has the name of a method here.
    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }
}
