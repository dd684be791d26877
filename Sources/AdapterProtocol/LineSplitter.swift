/// Cuts a stream of bytes into lines of bounded length.
package struct LineSplitter {
    package struct TooLong: Error {}

    private let longest: Int
    private var rest: [UInt8] = []
    /// Whole lines so far.
    package private(set) var count = 0

    /// - Parameter longest: bytes that a line may have, its end not counted.
    package init(longest: Int) { self.longest = longest }

    /// The beginning of a line whose end has not come yet.
    package var unfinished: ArraySlice<UInt8> { rest[...] }

    /// Takes what has arrived and hands over each line that it completes, without its end. O(bytes).
    package mutating func take(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ line: ArraySlice<UInt8>, _ number: Int) throws -> Void
    ) throws {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                guard rest.count + (bytes.endIndex - start) <= longest else { throw TooLong() }
                rest.append(contentsOf: bytes[start...])
                return
            }
            guard rest.count + (end - start) <= longest else { throw TooLong() }
            rest.append(contentsOf: bytes[start..<end])
            count += 1
            if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
            try body(rest[...], count)
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
    }
}
