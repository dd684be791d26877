#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A name as the key of a dictionary.
///
/// Equal names have equal bytes, as they have in Redis and on disks. To `String` two differently composed forms of a letter
/// are equal, and a cache that held them for one key would serve the value of the one under the other. The hash is another
/// one too: a read that goes through four layers looks its key up some thirty times, and the hash of `String` is made for
/// texts of any length. This one takes eight bytes at a time, and is seeded once a process, so that no set of names can be
/// made that all collide. It is made once, with the key: O(length).
package struct NameKey: Hashable, Sendable {
    package let text: String
    @usableFromInline let quickHash: UInt64

    package init(_ text: String) {
        self.text = text
        quickHash = Self.quickHash(of: text)
    }

    /// Short texts, and those that share their storage, are seen to be equal without a look at their bytes.
    @inlinable
    package static func == (left: NameKey, right: NameKey) -> Bool {
        left.quickHash == right.quickHash
            && (left.text._isIdentical(to: right.text) || hasEqualBytes(left.text, right.text))
    }

    @usableFromInline
    static func hasEqualBytes(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        let areEqual = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right in
                left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
            }
        }
        return (areEqual ?? nil) ?? left.utf8.elementsEqual(right.utf8)
    }

    private static let seed = UInt64.random(in: 0 ... .max)

    @inlinable
    package func hash(into hasher: inout Hasher) { hasher.combine(quickHash) }

    /// What `Dictionary` asks first. Without it, or should the standard library no longer ask, it takes
    /// ``hash(into:)``, which is right as well, but sends the quick hash through the slow one.
    @inlinable
    package func _rawHashValue(seed: Int) -> Int {
        Int(truncatingIfNeeded: Self.mix(quickHash, UInt64(truncatingIfNeeded: seed) ^ 0x9E37_79B9_7F4A_7C15))
    }

    private static func quickHash(of text: String) -> UInt64 {
        text.utf8.withContiguousStorageIfAvailable(hash) ?? Array(text.utf8).withUnsafeBufferPointer(hash)
    }

    @inline(__always)
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let count = bytes.count
        let raw = UnsafeRawBufferPointer(bytes)
        var state = seed ^ UInt64(truncatingIfNeeded: count)
        var index = 0
        while index + 8 <= count {
            state = mix(state, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var last: UInt64 = 0
        if index < count, count >= 8 {
            // The last eight, some of them for the second time.
            last = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else {
            while index < count {
                last = last << 8 | UInt64(bytes[index])
                index += 1
            }
        }
        return mix(state, last)
    }

    /// The high and the low half of a product.
    @inlinable
    @inline(__always)
    static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}

extension NameKey: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self.init(text) }
}
