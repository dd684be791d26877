import Logging
import Support

/// A log that remembers how grave its messages were.
final class CollectedLog: LogHandler {
    private let collected = Lock<[Logger.Level]>([])

    var levels: [Logger.Level] { collected.withLock { $0 } }

    func log(event: LogEvent) { collected.withLock { $0.append(event.level) } }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set { _ = newValue }
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set { _ = newValue }
    }
    var logLevel: Logger.Level {
        get { .trace }
        set { _ = newValue }
    }
}
