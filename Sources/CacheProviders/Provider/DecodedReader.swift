import CacheHierarchy
import History
import Support

/// Reads decoded values. It decodes a value once for as long as the cache serves the same entry.
///
/// The reader stores each decoded value with its entry, and uses it only if the session serves exactly that entry.
/// Its values are therefore as fresh as those of the session. Only one task at a time may use it.
public final class DecodedReader<Value> {
    private struct Kept {
        let entry: CacheEntry
        let value: Value
    }

    private let session: any CacheSession
    private let decode: ([UInt8]) throws -> Value
    private let capacity: Int
    private var kept: [NameKey: Kept] = [:]

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - session: the access to the cache.
    ///   - capacity: the maximum number of stored values. Above it all stored values are removed.
    ///   - decode: decodes the bytes of a value.
    public init(
        _ session: any CacheSession, capacity: Int = 10_000, decode: @escaping ([UInt8]) throws -> Value
    ) {
        self.session = session
        self.capacity = max(1, capacity)
        self.decode = decode
    }

    /// Reads and decodes a value.
    ///
    /// - Returns: `nil` if the key has no value.
    /// - Throws: the error of the session or of the decoding.
    public nonisolated(nonsending) func read(_ key: String) async throws -> Value? {
        // The worker's own memory answers without waiting.
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
