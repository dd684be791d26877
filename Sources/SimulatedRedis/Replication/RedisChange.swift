/// What one command (or one transaction, script, eviction) changed, as a replica repeats it: the state in which it left
/// each key that it touched. Applied whole or not at all.
public struct RedisChange: Sendable, Hashable {
    enum Step: Sendable, Hashable {
        case clear
        case put(Bytes, StoredKey)
        case remove(Bytes)
        case publish(channel: Bytes, payload: Bytes)
    }

    var steps: [Step]
}
