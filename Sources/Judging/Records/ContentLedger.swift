import Scenarios
import Support

/// Gives every distinct value that a run meets a number, so that a history can say which value an operation was given, and
/// keeps the values, so that it can be said how two of them differ.
///
/// Equal numbers are equal bytes. It holds each distinct value once; there are about as many as there were writes.
package final class ContentLedger: Sendable {
    private struct State {
        var numbers: [Content: Int64] = [:]
        /// By number, from 1.
        var contents: [[UInt8]] = []
        /// What should have been found where a value was not understood, by the number of the value that was written and
        /// of the one that was found.
        var expectations: [Pair: [UInt8]] = [:]

        mutating func number(of content: [UInt8]) -> Int64 {
            let key = Content(bytes: content)
            if let number = numbers[key] { return number }
            contents.append(content)
            let number = Int64(contents.count)
            numbers[key] = number
            return number
        }
    }

    /// Hashed all at once: an array would be hashed byte by byte, and a value may have a megabyte of them.
    private struct Content: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    private struct Pair: Hashable {
        let written: Int64
        let found: Int64
    }

    private let state = Lock(State())

    package init() {}

    /// The number of a value; 0 for none. O(length).
    package func number(of value: [UInt8]?) -> Int64 {
        guard let value else { return 0 }
        return state.withLock { $0.number(of: value) }
    }

    /// The value of a number.
    package func content(_ number: Int64) -> [UInt8] {
        state.withLock { number > 0 && number <= $0.contents.count ? $0.contents[Int(number) - 1] : [] }
    }

    /// Remembers what should have been found, where that is not what was written.
    package func expect(_ content: [UInt8], written: Int64, found: Int64) {
        state.withLock { $0.expectations[Pair(written: written, found: found)] = content }
    }

    /// Where two values differ first, and what stands there.
    package func difference(between written: Int64, and found: Int64) -> String {
        let expected = state.withLock { $0.expectations[Pair(written: written, found: found)] } ?? content(written)
        return ContentDifference(expected: expected, found: content(found)).description
    }
}
