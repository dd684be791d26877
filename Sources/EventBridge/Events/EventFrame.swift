/// What travels: an event, or a mark, which says how far a source has come so that subscribers notice the loss of its
/// last events too. Pure.
///
/// The form, integers with the lowest byte first: `E` or `M`, the version 1, the length of the name in one byte, five
/// bytes of nothing, then eight bytes each of the source's first time, the sequence number, the time; the name; the
/// payload.
struct EventFrame: Equatable {
    enum Kind: UInt8 {
        case event = 0x45
        case mark = 0x4D
    }

    /// The longest name, in bytes of UTF-8.
    static let longestName = 255
    private static let version: UInt8 = 1
    private static let headerLength = 32

    var kind: Kind
    var event: BridgeEvent

    /// Linear in the size of the payload.
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

    /// The highest number of an event: no source comes that far, and reckoning with it does not overflow.
    static let lastSequence: UInt64 = 1 << 62

    /// - Returns: `nil` for bytes that are no frame, which somebody else must have sent.
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
