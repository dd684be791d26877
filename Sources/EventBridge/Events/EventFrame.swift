/// The unit of transmission: an event or a mark. A mark has the last number of a source, so that subscribers also
/// notice the loss of its last events. A pure value.
///
/// The format, with the lowest byte of integers first: `E` or `M`, the version 1, the length of the name in one byte,
/// five zero bytes, then eight bytes each for the source's first time, the sequence number and the time, then the
/// name and the payload.
struct EventFrame: Equatable {
    enum Kind: UInt8 {
        case event = 0x45
        case mark = 0x4D
    }

    /// The maximum length of a name in bytes of UTF-8.
    static let longestName = 255
    private static let version: UInt8 = 1
    private static let headerLength = 32

    var kind: Kind
    var event: BridgeEvent

    /// The bytes of the frame. O(n) in the size of the payload.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        let name = event.source.instance.utf8
        bytes.reserveCapacity(Self.headerLength + name.count + event.payload.count)
        bytes += [kind.rawValue, Self.version, UInt8(name.count), 0, 0, 0, 0, 0]
        for word in [
            UInt64(bitPattern: event.source.firstPublished), event.sequence, UInt64(bitPattern: event.time),
        ] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += name
        bytes += event.payload
        return bytes
    }

    init(kind: Kind, event: BridgeEvent) {
        self.kind = kind
        self.event = event
    }

    /// The highest valid number of an event. No source reaches it, and calculations with it do not overflow.
    static let lastSequence: UInt64 = 1 << 62

    /// Reads a frame.
    ///
    /// - Returns: `nil` for bytes that are not a frame. Another program must have sent them.
    init?(_ bytes: some RandomAccessCollection<UInt8>) {
        let frame =
            bytes.withContiguousStorageIfAvailable { Self($0) } ?? Array(bytes).withUnsafeBufferPointer { Self($0) }
        guard let frame else { return nil }
        self = frame
    }

    private init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count >= Self.headerLength, let kind = Kind(rawValue: bytes[0]), bytes[1] == Self.version,
            bytes.count >= Self.headerLength + Int(bytes[2])
        else { return nil }
        let raw = UnsafeRawBufferPointer(bytes)
        func word(_ offset: Int) -> UInt64 {
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard (1...Self.lastSequence).contains(word(16)) else { return nil }
        let payload = Self.headerLength + Int(bytes[2])
        self.kind = kind
        event = BridgeEvent(
            source: EventSource(
                instance: String(decoding: bytes[Self.headerLength..<payload], as: UTF8.self),
                firstPublished: Int64(bitPattern: word(8))),
            sequence: word(16), time: Int64(bitPattern: word(24)), payload: Array(bytes[payload...]))
    }
}
