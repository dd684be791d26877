import EventBridge
import Foundation
import RedisClient

/// The file in which an instance stores its state for the process that will replace it: the received events, and the
/// position of its bridge. One line has both, so that neither is stored without the other.
struct DeliveryJournal: Sendable {
    struct Line: Sendable, Hashable, Codable {
        /// The position of the bridge before these events. The replacement reads them again and filters them.
        var position: StreamPosition?
        /// The events that the bridge has delivered, including these.
        var delivered: [DeliveredEvents]
        var deliveries: [ReceivedEvent]
    }

    private let file: FileHandle

    /// - Throws: the error of the system if the file cannot be created.
    init(path: String) throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Writes a line. After this returns, the line survives a crash of the process, but not of the machine.
    func write(_ line: Line) throws {
        try file.write(contentsOf: JSONEncoder().encode(line) + Data("\n".utf8))
    }

    /// Reads the lines of a file, the oldest first. An incomplete line does not count.
    static func lines(path: String) throws -> [Line] {
        let parts = try Data(contentsOf: URL(filePath: path)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try parts.dropLast().map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }
}
