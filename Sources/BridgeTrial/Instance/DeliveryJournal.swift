import EventBridge
import Foundation
import RedisClient

/// What an instance keeps in a file, so that another process can take its place: what its application was given, and
/// how far its bridge had come. Both in one line, so that one is never kept without the other.
struct DeliveryJournal: Sendable {
    struct Line: Sendable, Hashable, Codable {
        /// Where the bridge had been when it handed these over, so that it reads them again, and filters them.
        var position: StreamPosition?
        /// What the bridge had handed over, these included.
        var delivered: [DeliveredEvents]
        var deliveries: [Delivery]
    }

    private let file: FileHandle

    /// - Throws: what the system says if the file cannot be made.
    init(path: String) throws {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Returns when the system has it: then it outlives the process, though not the machine.
    func write(_ line: Line) throws {
        try file.write(contentsOf: JSONEncoder().encode(line) + Data("\n".utf8))
    }

    /// What was written into a file, the oldest first. A line that was not finished has not happened.
    static func lines(path: String) throws -> [Line] {
        let parts = try Data(contentsOf: URL(filePath: path)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try parts.dropLast().map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }
}
