import History

/// Names for messages that are the same in every run: what differs by chance is taken out.
package enum MessageLabel {
    /// The most characters of a label.
    package static let longest = 40

    /// `verb key`; `verb key +2` of several keys; `MULTI SET a; DEL b` of a transaction. Never a value.
    static func of(verb: String, keys: [String], parts: [RedisRequest], _ namespaces: [String]) -> String {
        var text = verb
        if let key = keys.first { text += " " + normalised(key, without: namespaces) }
        if keys.count > 1 { text += " +\(keys.count - 1)" }
        if !parts.isEmpty {
            text += " "
            text += parts.map { part in
                part.keys.first.map { "\(part.title) \(normalised($0, without: namespaces))" } ?? part.title
            }.joined(separator: "; ")
        }
        return bounded(text.printable)
    }

    /// At most ``longest`` characters.
    package static func bounded(_ text: String) -> String {
        text.count <= longest ? text : text.prefix(longest - 1) + "…"
    }

    /// A key or a channel without what differs between runs.
    ///
    /// Each of the namespaces is taken out, with a colon after it. A UUID becomes `UUID`, 16 or more hexadecimal digits
    /// in a row become `HEX`, 10 or more decimal digits become `N`.
    package static func normalised(_ key: String, without namespaces: [String] = []) -> String {
        var text = key
        for namespace in namespaces where !namespace.isEmpty {
            text = text.replacing("\(namespace):", with: "").replacing(namespace, with: "")
        }
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if let end = uuid(bytes, at: index) {
                result += "UUID".utf8
                index = end
                continue
            }
            let end = bytes[index...].firstIndex { !isHexadecimal($0) } ?? bytes.count
            let digits = bytes[index..<end].prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            if end - index >= 16, digits < end - index {
                result += "HEX".utf8
                index = end
            } else if digits >= 10 {
                result += "N".utf8
                index += digits
            } else {
                // Up to the end of the run: its middle is no beginning.
                let next = max(end, index + 1)
                result += bytes[index..<next]
                index = next
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func uuid(_ bytes: [UInt8], at start: Int) -> Int? {
        var index = start
        for (part, length) in [8, 4, 4, 4, 12].enumerated() {
            if part > 0 {
                guard index < bytes.count, bytes[index] == UInt8(ascii: "-") else { return nil }
                index += 1
            }
            guard index + length <= bytes.count, bytes[index..<(index + length)].allSatisfy(isHexadecimal) else {
                return nil
            }
            index += length
        }
        return index
    }
}

extension ConversationMessage {
    /// What it is about, without values: that of the command of a reply, `invalidate key` of a push.
    package func label(without namespaces: [String] = []) -> String {
        switch self {
        case .command(let request, _), .reply(let request, _, _): request.label(without: namespaces)
        case .push(let kind, let about, _): MessageLabel.of(verb: kind, keys: about, parts: [], namespaces)
        }
    }

    /// Whether it may pass at once if nothing is queued before it.
    package var mayPass: Bool {
        switch self {
        case .command(let request, _), .reply(let request, _, _): request.mayPass
        case .push: false
        }
    }
}
