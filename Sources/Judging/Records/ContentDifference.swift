import Scenarios

/// Where a value stops being what was written.
struct ContentDifference: CustomStringConvertible {
    /// The first byte that differs, counted from 0.
    let offset: Int
    /// Where that is in the JSON that was written.
    let path: String
    private let expected: [UInt8]
    private let found: [UInt8]

    /// - Parameter expected: JSON.
    init(expected: [UInt8], found: [UInt8]) {
        offset = zip(expected, found).prefix { $0 == $1 }.count
        path = JSONDocument(unchecked: expected).path(at: min(offset, max(0, expected.count - 1)))
        self.expected = expected
        self.found = found
    }

    var description: String {
        "byte \(offset) of \(found.count), at \(path), begins \(excerpt(of: found)); written was "
            + "\(excerpt(of: expected)), of \(expected.count) bytes"
    }

    /// Some bytes from the difference on; what is no visible ASCII as the numbers of its bytes, for texts that look alike differ there.
    private func excerpt(of bytes: [UInt8]) -> String {
        if offset >= bytes.count { return "nothing" }
        let text = bytes[offset...].prefix(24).map { byte in
            (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "<\(String(byte, radix: 16, uppercase: true))>"
        }
        return "`\(text.joined())`"
    }
}
