import RedisClient
import SimulatedRedis

/// Holds and members: names with the end of each in milliseconds, in a field of the state, as `LENGTH:NAME END;`…
extension CacheState {
    private static func unpacked(_ list: [UInt8]?) throws -> [(name: [UInt8], end: Int64)] {
        var rest = (list ?? [])[...]
        var found: [(name: [UInt8], end: Int64)] = []
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let stop = colon + 1 + Int(try number(Array(rest[rest.startIndex..<colon])))
            guard let semicolon = rest[stop...].firstIndex(of: UInt8(ascii: ";")) else { break }
            found.append((Array(rest[(colon + 1)..<stop]), try number(Array(rest[(stop + 1)..<semicolon]))))
            rest = rest[(semicolon + 1)...]
        }
        return found
    }

    private func list(_ field: [UInt8], _ context: inout ScriptContext) throws -> [(name: [UInt8], end: Int64)] {
        try Self.unpacked(try context.call("HGET", name(":s"), .bytes(field)).bytes)
    }

    /// Takes a name and what is over out of a list, and puts the name at the end if it has an end.
    private func change(
        _ field: [UInt8], _ name: [UInt8], until end: Int64?, _ context: inout ScriptContext
    ) throws {
        var kept = try list(field, &context).filter { $0.name != name && $0.end > now }
        if let end { kept.append((name, end)) }
        let packed = kept.flatMap { Array("\($0.name.count):".utf8) + $0.name + Array(" \($0.end);".utf8) }
        if packed.isEmpty {
            _ = try context.call("HDEL", self.name(":s"), .bytes(field))
        } else {
            _ = try context.call("HSET", self.name(":s"), .bytes(field), .bytes(packed))
        }
    }

    // MARK: Holds

    private static func holds(of key: [UInt8]) -> [UInt8] { Array("h:".utf8) + key }

    func isHeld(_ key: [UInt8], _ context: inout ScriptContext) throws -> Bool {
        let holds = try list(Self.holds(of: key), &context)
        if holds.isEmpty { return false }
        if holds.contains(where: { $0.end > now }) { return true }
        _ = try context.call("HDEL", name(":s"), .bytes(Self.holds(of: key)))
        return false
    }

    func hold(_ key: [UInt8], by id: [UInt8], until end: Int64?, _ context: inout ScriptContext) throws {
        try change(Self.holds(of: key), id, until: end, &context)
    }

    // MARK: Members

    private static let members = Array("m".utf8)

    func liveMembers(_ context: inout ScriptContext) throws -> [RedisValue] {
        try list(Self.members, &context).filter { $0.end > now }.map { .bulk($0.name) }
    }

    func isAlive(_ instance: [UInt8], _ context: inout ScriptContext) throws -> Bool {
        try list(Self.members, &context).contains { $0.name == instance && $0.end > now }
    }

    func keepMember(_ instance: [UInt8], until end: Int64?, _ context: inout ScriptContext) throws {
        try change(Self.members, instance, until: end, &context)
    }
}
