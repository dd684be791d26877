import Foundation
struct RedisCommand { var bytes: [UInt8]; var verb: String; var arguments: [String]; var passesAtOnce: Bool; var awaitsReply: Bool; var label: String; var access: Footprint.Access; var replies = 1 }
struct RedisSaying { var bytes: [UInt8]; var isPush: Bool; var label: String; var text: String }
struct Odd: Error { var s: String }
indirect enum V { case text(String), null, list([V]), push([V]), error(String)
  var s: String { switch self { case .text(let t): t; case .null: "nil"; case .error(let e): "error \(e)"; case .list(let l), .push(let l): "[" + l.map(\.s).joined(separator: " ") + "]" } } }
struct RedisConversation {
    var cb: [UInt8] = [], sb: [UInt8] = []
    var isPubSub = false
    var multi: (bytes: [UInt8], parts: [[String]])?
    var awaited: [Int] = []; var got: [UInt8] = []; var gotText = ""
    static let auto: Set<String> = ["HELLO", "AUTH", "SELECT", "PING", "CLIENT", "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "INFO", "COMMAND", "READONLY"]
    static let block: Set<String> = ["BLPOP", "BRPOP", "BLMOVE", "XREAD", "XREADGROUP", "WAIT"]
    static let reads: Set<String> = ["GET", "EXISTS", "TTL", "PTTL", "HGET", "HGETALL", "SMEMBERS", "MGET", "TYPE"]
    static func parse(_ b: [UInt8], _ i: Int) throws -> (V, Int)? {
        guard i < b.count, let e = b[i...].firstIndex(of: 13), e + 1 < b.count else { return nil }
        let h = String(decoding: b[(i + 1)..<e], as: UTF8.self); var at = e + 2
        switch b[i] {
        case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"):
            guard let n = Int(h) else { throw Odd(s: h) }
            if n < 0 { return (.null, at) }
            guard b.count >= at + n + 2 else { return nil }
            return (.text(String(decoding: b[at..<(at + n)], as: UTF8.self)), at + n + 2)
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "%"):
            guard let n = Int(h) else { throw Odd(s: h) }
            if n < 0 { return (.null, at) }
            var out: [V] = []
            for _ in 0..<(b[i] == UInt8(ascii: "%") ? 2 * n : n) { guard let (v, next) = try parse(b, at) else { return nil }; out.append(v); at = next }
            return (b[i] == UInt8(ascii: ">") ? .push(out) : .list(out), at)
        case UInt8(ascii: "-"): return (.error(h), at)
        case UInt8(ascii: "_"): return (.null, at)
        default: return (.text(h), at)
        }
    }
    mutating func client(_ bytes: [UInt8]) throws -> [RedisCommand] {
        cb += bytes; var out: [RedisCommand] = []
        while let (v, end) = try Self.parse(cb, 0) {
            let raw = Array(cb[0..<end]); cb.removeFirst(end)
            guard case .list(let l) = v else { throw Odd(s: "inline") }
            let words = l.map(\.s); let verb = words[0].uppercased()
            if verb == "MULTI" { multi = (raw, [words]); continue }
            if var m = multi {
                m.bytes += raw; m.parts.append(words)
                if verb != "EXEC" { multi = m; continue }
                multi = nil; awaited.append(m.parts.count)
                out.append(RedisCommand(bytes: m.bytes, verb: "MULTI", arguments: m.parts.dropFirst().dropLast().map { $0.joined(separator: " ") }, passesAtOnce: false, awaitsReply: true, label: "MULTI", access: .everything)); continue
            }
            if verb.hasSuffix("SUBSCRIBE") { isPubSub = true }
            awaited.append(1)
            let access: Footprint.Access = Self.reads.contains(verb) ? .reads(Set(words.dropFirst().prefix(1))) : ["SET", "DEL", "EXPIRE", "SETEX", "INCR", "UNLINK"].contains(verb) ? .writes(Set(words.dropFirst().prefix(1))) : verb == "PUBLISH" ? .writes(["channel"]) : .everything
            out.append(RedisCommand(bytes: raw, verb: verb, arguments: Array(words.dropFirst()), passesAtOnce: Self.auto.contains(verb), awaitsReply: !Self.block.contains(verb), label: words.dropFirst().first ?? "", access: access))
        }
        return out
    }
    mutating func server(_ bytes: [UInt8]) throws -> [RedisSaying] {
        sb += bytes; var out: [RedisSaying] = []
        while let (v, end) = try Self.parse(sb, 0) {
            let raw = Array(sb[0..<end]); sb.removeFirst(end)
            var isPush = false; var what = ""
            switch v {
            case .push(let l): isPush = !(l[0].s.hasSuffix("subscribe")); what = l.dropFirst().map(\.s).joined(separator: " ")
            case .list(let l) where isPubSub && ["message", "pmessage"].contains(l.first?.s ?? ""): isPush = true; what = l.dropFirst().map(\.s).joined(separator: " ")
            default: break }
            if isPush { out.append(RedisSaying(bytes: raw, isPush: true, label: what, text: what)); continue }
            got += raw; gotText = v.s
            if awaited.isEmpty { throw Odd(s: "unasked") }
            awaited[0] -= 1
            if awaited[0] <= 0 { awaited.removeFirst(); out.append(RedisSaying(bytes: got, isPush: false, label: "", text: gotText)); got = [] }
        }
        return out
    }
}
extension GatedWorld {
    func text(of s: String) -> String { String(s.replacingOccurrences(of: namespace, with: "").prefix(40)) }
    func label(of c: RedisCommand) -> String { "\(c.verb) \(text(of: c.label))" }
    func words(of c: RedisCommand) -> String { "\(c.verb) " + c.arguments.map { Self.text(text(of: $0)) }.joined(separator: " ") }
    func words(of s: RedisSaying) -> String { text(of: s.text) }
}
