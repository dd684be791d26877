/// The form of an invalidation on the bus: fields that each say their own length, so that no key or tag, however hostile,
/// can be taken for another.
///
///     message = time " " body          time in decimal
///     body    = field*                 field = length ":" bytes, length in decimal
///     fields  : format "1", action "d" | "h" | "r", hold id, sender, "1" if an acknowledgement is wanted else "0",
///               number of keys, keys…, tags…
extension Invalidation {
    static let format = "1"

    func encoded() -> [UInt8] {
        let (letter, hold) =
            switch action {
            case .drop: ("d", "")
            case .hold(let id): ("h", id)
            case .release(let id): ("r", id)
            }
        var body: [UInt8] = []
        for field in [Self.format, letter, hold, sender, wantsAcknowledgement ? "1" : "0", String(keys.count)] + keys
            + tags
        {
            body.append(contentsOf: String(field.utf8.count).utf8)
            body.append(UInt8(ascii: ":"))
            body.append(contentsOf: field.utf8)
        }
        return body
    }

    /// `nil` if the bytes are not of this form.
    init?(encoded body: some Sequence<UInt8>) {
        guard let fields = Self.fields(of: Array(body)), fields.count >= 6, fields[0] == Self.format,
            let keyCount = Int(fields[5]), keyCount >= 0, keyCount <= fields.count - 6
        else { return nil }
        switch fields[1] {
        case "d": action = .drop
        case "h": action = .hold(fields[2])
        case "r": action = .release(fields[2])
        default: return nil
        }
        sender = fields[3]
        wantsAcknowledgement = fields[4] == "1"
        keys = Array(fields[6..<(6 + keyCount)])
        tags = Array(fields[(6 + keyCount)...])
    }

    private static func fields(of bytes: [UInt8]) -> [String]? {
        var fields: [String] = []
        var position = 0
        while position < bytes.count {
            var length = 0
            guard let colon = bytes[position...].firstIndex(of: UInt8(ascii: ":")), colon > position,
                colon - position < 10
            else { return nil }
            for byte in bytes[position..<colon] {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                length = length * 10 + Int(byte - UInt8(ascii: "0"))
            }
            guard colon + 1 + length <= bytes.count else { return nil }
            fields.append(String(decoding: bytes[(colon + 1)..<(colon + 1 + length)], as: UTF8.self))
            position = colon + 1 + length
        }
        return fields
    }
}

extension StampedInvalidation {
    /// `nil` if the bytes are not a message of the bus.
    init?(message: [UInt8]) {
        guard let space = message.firstIndex(of: UInt8(ascii: " ")),
            let time = LogicalTime.checked(Int64(String(decoding: message[..<space], as: UTF8.self))),
            let invalidation = Invalidation(encoded: message[(space + 1)...])
        else { return nil }
        self.init(time: time, invalidation: invalidation)
    }
}
