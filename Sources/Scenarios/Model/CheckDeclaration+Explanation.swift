/// What a check asks, in words for people. Documentation/Checks.md has what each proves, in full.
extension CheckDeclaration {
    /// The question of a check, by its word in a file; `nil` if there is no such check.
    public static func question(of word: String) -> String? {
        switch word {
        case "linearizable":
            "could all reads and writes of a key have happened one at a time on a single copy?"
        case "linearizable-by-versions": "the same as linearizable, decided by versions that grow from write to write"
        case "linearizable-by-zones": "the same as linearizable, decided by values that are unique among the writes"
        case "linearizable-by-search": "the same as linearizable, decided by a search, which takes any values"
        case "fresh-after-invalidation":
            "does no read that starts after an invalidation return what was invalidated? For keys and tags"
        case "sessions": "does each worker see its own writes, and never go back?"
        case "staleness": "how old are the values that are served, and is that within the bound?"
        case "convergence": "when it is quiet again, does every layer of every instance agree with the origin?"
        case "expiry": "is nothing served past its deadline, and does no inner layer outlive an outer one?"
        case "tags": "does an invalidated tag take its whole group, and nothing else?"
        case "serialisation":
            "is what each layer serves, byte for byte, what was written? For records, and for two versions of an "
                + "application at once"
        case "loads": "is at most one load of a key from the origin under way?"
        case "delivery": "does the bus bring each invalidation to each other instance, once and in order?"
        case "isolation": "does nobody receive what was meant for another application, or what it published itself?"
        case "resources": "does a run take no more connections, memory and keys of Redis than is allowed?"
        case "connections":
            "has each process one way to Redis, a manager that keeps to its limit, and does nobody go past it?"
        default: nil
        }
    }
}
