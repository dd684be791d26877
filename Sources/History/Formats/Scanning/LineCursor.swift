/// A place in one line of a ``ChunkedInput``, and how to go on from there.
///
/// The byte at `end` is a newline and no byte before it is, and the cursor steps only over bytes that are not newlines.
/// So it never leaves the line, and ``byte`` may always be asked for.
struct LineCursor {
    let first: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    private(set) var next: UnsafePointer<UInt8>

    @inline(__always)
    init(first: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
        self.first = first
        self.end = end
        next = first
    }

    /// The byte at the cursor; a newline at the end of the line.
    @inline(__always) var byte: UInt8 { next.pointee }
    @inline(__always) var isAtEnd: Bool { next == end }
    /// Bytes from the start of the line.
    @inline(__always) var offset: Int { next - first }

    /// Steps over a byte if it is the one at the cursor. It must not be a newline.
    @inline(__always)
    mutating func skip(_ expected: UInt8) -> Bool {
        guard next.pointee == expected else { return false }
        next += 1
        return true
    }

    /// Steps over the byte at the cursor, which must not be a newline.
    @inline(__always)
    mutating func advance() { next += 1 }

    /// Steps over spaces and tabs.
    @inline(__always)
    mutating func skipBlanks() {
        while next.pointee == ASCII.space || next.pointee == ASCII.tab { next += 1 }
    }

    /// Goes back to a place where the cursor was.
    mutating func goBack(to offset: Int) {
        precondition(offset >= 0 && offset <= self.offset, "not a place where the cursor was")
        next = first + offset
    }

    /// A whole number; `nil`, and no step, if there is none that fits.
    @inline(__always)
    mutating func integer() -> Int64? {
        guard let (value, after) = DecimalInteger.parse(next) else { return nil }
        next = after
        return value
    }

    /// The text up to a `"`, for which the cursor steps over it; `nil`, and no step, if the text has 16 bytes or more,
    /// or a control character. The cursor stands after the opening `"`.
    @inline(__always)
    mutating func quotedWord() -> PackedWord? {
        let low = ByteWord.load(next)
        var special = ByteWord.matches(low, ASCII.quote) | ByteWord.controls(low)
        if special != 0 {
            let count = ByteWord.firstIndex(special)
            guard next[count] == ASCII.quote else { return nil }
            next += count + 1
            return PackedWord(low: ByteWord.prefix(low, count), high: 0)
        }
        // Eight bytes without a control character: the line goes on at least to here.
        let high = ByteWord.load(next + 8)
        special = ByteWord.matches(high, ASCII.quote) | ByteWord.controls(high)
        guard special != 0 else { return nil }
        let count = ByteWord.firstIndex(special)
        guard next[8 + count] == ASCII.quote else { return nil }
        next += 8 + count + 1
        return PackedWord(low: low, high: ByteWord.prefix(high, count))
    }

    /// The text up to a `"`, for which the cursor steps over it; `nil`, and no step, if there is a `\` or a control
    /// character before it, or none. The cursor stands after the opening `"`.
    @inline(__always)
    mutating func plainString() -> HashedText? {
        guard
            let text = text(endingAt: {
                ByteWord.matches($0, ASCII.quote) | ByteWord.matches($0, ASCII.backslash)
                    | ByteWord.controls($0)
            })
        else { return nil }
        guard next[text.count] == ASCII.quote else { return nil }
        next += text.count + 1
        return text
    }

    /// The text up to a blank, a control character, or the end of the line; may be empty.
    @inline(__always)
    mutating func token() -> HashedText? {
        guard let text = text(endingAt: { ByteWord.matches($0, ASCII.space) | ByteWord.controls($0) }) else {
            return nil
        }
        next += text.count
        return text
    }

    @inline(__always)
    private func text(endingAt special: (UInt64) -> UInt64) -> HashedText? {
        var hash = ByteHash()
        var place = next
        while true {
            let word = ByteWord.load(place)
            let found = special(word)
            guard found != 0 else {
                hash.add(word)
                place += 8
                continue
            }
            let count = ByteWord.firstIndex(found)
            hash.add(ByteWord.prefix(word, count))
            place += count
            let length = place - next
            return HashedText(bytes: UnsafeBufferPointer(start: next, count: length), hash: hash.finished(length))
        }
    }
}

/// Places in text, counted for people.
enum ByteCount {
    static func newlines(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var count = 0
        for byte in text where byte == ASCII.newline { count &+= 1 }
        return count
    }

    /// Unicode scalars. A byte that is not UTF-8 counts like the rest of a scalar, or as one.
    static func scalars(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// Unicode scalars after the last newline.
    static func scalarsOfLastLine(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in text.reversed() {
            if byte == ASCII.newline { break }
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        return count
    }
}

/// Whole numbers in text.
enum DecimalInteger {
    /// The number that begins at a place: an optional `-`, then digits without a superfluous leading zero.
    ///
    /// - Parameter text: somewhere after it there must be a byte that is not a digit.
    /// - Returns: the number and the place after it; `nil` if there is none, or if it does not fit.
    @inline(__always)
    static func parse(_ text: UnsafePointer<UInt8>) -> (value: Int64, end: UnsafePointer<UInt8>)? {
        let isNegative = text.pointee == ASCII.minus
        let digits = isNegative ? text + 1 : text
        var next = digits
        var magnitude: UInt64 = 0
        while true {
            let digit = next.pointee &- ASCII.zero
            guard digit < 10 else { break }
            magnitude = magnitude &* 10 &+ UInt64(digit)
            next += 1
        }
        let count = next - digits
        // 19 digits cannot overflow an unsigned number; what 20 or more did to it does not matter, as they are refused.
        guard count > 0 && count <= 19 && (count == 1 || digits.pointee != ASCII.zero) else { return nil }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return (Int64(truncatingIfNeeded: 0 &- magnitude), next)
        }
        guard magnitude <= UInt64(Int64.max) else { return nil }
        return (Int64(truncatingIfNeeded: magnitude), next)
    }
}
