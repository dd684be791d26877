import CacheHierarchy
import History
import Support

/// Reads values as a service uses them: decoded once for as long as the cache serves the same entry.
///
/// What it returns is always what the session's entry says: the decoded value is kept with the entry it was made of,
/// and is used only when the session serves that very entry. So it is exactly as fresh as the session. For one task
/// at a time.
public final class DecodedReader<Value> {
    private struct Kept {
        let entry: CacheEntry
        let value: Value
    }

    private let session: any CacheSession
    private let decode: ([UInt8]) throws -> Value
    private let capacity: Int
    private var kept: [NameKey: Kept] = [:]

    /// - Parameter capacity: so many decoded values are kept; when there are more, all are given up, and made again as
    ///   they are asked for.
    public init(
        _ session: any CacheSession, capacity: Int = 10_000, decode: @escaping ([UInt8]) throws -> Value
    ) {
        self.session = session
        self.capacity = max(1, capacity)
        self.decode = decode
    }

    /// - Returns: `nil` if there is no value.
    /// - Throws: what the session throws, and what decoding does.
    public nonisolated(nonsending) func read(_ key: String) async throws -> Value? {
        // What is nearest needs no task that might wait.
        if let reading = session.readOwnMemory(key) { return try value(of: reading.entry) }
        return try value(of: await session.read(key).entry)
    }

    private func value(of entry: CacheEntry) throws -> Value? {
        if let present = kept[entry.name], present.entry === entry { return present.value }
        guard let bytes = entry.value else { return nil }
        let value = try decode(bytes)
        if kept.count >= capacity { kept.removeAll(keepingCapacity: true) }
        kept[entry.name] = Kept(entry: entry, value: value)
        return value
    }
}
