import Foundation
import GRDB

/// A list of tags as one value of a database: every tag with its length before it.
enum TagList {
    static func encode(_ tags: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for tag in tags {
            withUnsafeBytes(of: UInt32(tag.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: tag.utf8)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [String] {
        var tags: [String] = []
        var position = 0
        while position + 4 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
            position += 4
            guard position + length <= bytes.count else { break }
            tags.append(String(decoding: bytes[position..<(position + length)], as: UTF8.self))
            position += length
        }
        return tags
    }
}

/// Bytes as a database value.
typealias Blob = Data

extension Row {
    /// The bytes of a column, `nil` for NULL.
    func bytes(_ column: Int) -> [UInt8]? {
        (self[column] as Data?).map { Array($0) }
    }
}
