import CHiredis

/// Builds values from the callbacks of the C parser, directly from its read buffer, without a `redisReply`.
///
/// The parser calls back for every string, number, nil and array header, in the order of the bytes. The elements of
/// an array follow its header. The builder copies each part during the call, because the buffer moves between reads.
///
/// The builder has memory of its own, and the parser holds a pointer to it. Access to an object from a C function
/// would count references and check for overlapping accesses several times for every reply.
struct ReplyBuilder {
    /// An array with missing elements.
    private struct Frame {
        var elements: [RedisValue]
        var missing: Int
    }

    /// The complete replies since the owner last took them.
    var replies: [RedisValue] = []
    private var frames: [Frame] = []

    /// The maximum size of one reply.
    var limits = RedisReplyLimits.handshake
    /// The size of the current reply so far, as in ``RedisReplyLimits/size``.
    private var size = 0
    /// The reason why the current reply is too large.
    private(set) var excess: String?
    /// Whether a reply was completed since ``beginReply()``.
    private(set) var isComplete = false

    /// True while subscribed. The parts of replies then go to ``pushes``, and none to ``replies``.
    var isPushing = false
    var pushes = PushAssembler()

    /// Resets the size for the next reply.
    @inline(__always)
    mutating func beginReply() {
        size = 0
        isComplete = false
    }

    /// Adds a part to the size of the reply.
    ///
    /// - Returns: whether the size is within the limit.
    @inline(__always)
    private mutating func reserve(_ bytes: Int) -> Bool {
        size += bytes + RedisReplyLimits.elementSize
        if size <= limits.size { return true }
        excess = "it is larger than \(limits.size) bytes"
        return false
    }

    @inline(__always)
    private mutating func add(_ value: consuming RedisValue, at task: UnsafePointer<redisReadTask>) {
        if !frames.isEmpty { return addNested(value) }
        if isPushing {
            if task.pointee.parent == nil { isComplete = true }
            pushes.add(value, isAlone: task.pointee.parent == nil)
        } else {
            isComplete = true
            replies.append(value)
        }
    }

    private mutating func addNested(_ value: RedisValue) {
        var value = value
        while !frames.isEmpty {
            frames[frames.count - 1].elements.append(value)
            frames[frames.count - 1].missing -= 1
            guard frames[frames.count - 1].missing == 0 else { return }
            value = .array(frames.removeLast().elements)
        }
        if isPushing {
            // In a pushed reply only the last part can be an array.
            pushes.add(value, isAlone: false)
        } else {
            isComplete = true
            replies.append(value)
        }
    }

    // Each method returns whether the builder took the part.

    @inline(__always)
    fileprivate mutating func string(_ task: UnsafePointer<redisReadTask>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard reserve(bytes.count) else { return false }
        switch task.pointee.type {
        case REDIS_REPLY_STATUS: add(.status(String(decoding: bytes, as: UTF8.self)), at: task)
        case REDIS_REPLY_ERROR: add(.error(String(decoding: bytes, as: UTF8.self)), at: task)
        default:
            if isPushing, frames.isEmpty, task.pointee.parent != nil, pushes.take(bytes, Int(task.pointee.idx)) {
                return true
            }
            add(.bulk([UInt8](bytes)), at: task)
        }
        return true
    }

    fileprivate mutating func array(_ task: UnsafePointer<redisReadTask>, _ count: Int) -> Bool {
        guard count <= limits.elements else {
            excess = "one of its arrays is to have \(count) elements, and may have \(limits.elements)"
            return false
        }
        guard reserve(0) else { return false }
        if isPushing, task.pointee.parent == nil {
            pushes.begin()
            return true
        }
        if count <= 0 {
            add(.array([]), at: task)
            return true
        }
        guard frames.count < limits.depth else {
            excess = "its arrays are nested deeper than \(limits.depth)"
            return false
        }
        var elements: [RedisValue] = []
        // The server's count may be false, and a false count must not reserve memory.
        elements.reserveCapacity(min(count, 1024))
        frames.append(Frame(elements: elements, missing: count))
        return true
    }

    fileprivate mutating func integer(_ task: UnsafePointer<redisReadTask>, _ value: Int64) -> Bool {
        guard reserve(0) else { return false }
        add(.integer(value), at: task)
        return true
    }

    fileprivate mutating func null(_ task: UnsafePointer<redisReadTask>) -> Bool {
        guard reserve(0) else { return false }
        add(.null, at: task)
        return true
    }
}

extension ReplyBuilder {
    /// Creates a builder for the parser of a context. The caller destroys it, after the context.
    static func attached(to context: UnsafeMutablePointer<redisContext>) -> UnsafeMutablePointer<ReplyBuilder> {
        let builder = UnsafeMutablePointer<ReplyBuilder>.allocate(capacity: 1)
        builder.initialize(to: ReplyBuilder())
        context.pointee.reader.pointee.fn = functions
        context.pointee.reader.pointee.privdata = UnsafeMutableRawPointer(builder)
        return builder
    }

    // nonisolated(unsafe): written once, before any other code can see it.
    private nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        // hiredis 1.x has more members, for RESP3. Its reader works without them.
        functions.initialize(to: redisReplyObjectFunctions())
        functions.pointee.createString = { task, start, length in
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(length))
            return ReplyBuilder.answer(ReplyBuilder.of(task!).pointee.string(task!, bytes))
        }
        functions.pointee.createArray = { (task, count: CHiredisElementCount) in
            ReplyBuilder.answer(ReplyBuilder.of(task!).pointee.array(task!, Int(clamping: count)))
        }
        functions.pointee.createInteger = { task, value in
            ReplyBuilder.answer(ReplyBuilder.of(task!).pointee.integer(task!, value))
        }
        functions.pointee.createNil = { task in
            ReplyBuilder.answer(ReplyBuilder.of(task!).pointee.null(task!))
        }
        functions.pointee.freeObject = { _ in }
        return functions
    }()

    /// The result for the parser. It takes null for a lack of memory and stops. It does not use any other pointer.
    @inline(__always)
    private static func answer(_ isTaken: Bool) -> UnsafeMutableRawPointer? {
        isTaken ? UnsafeMutableRawPointer(bitPattern: 1) : nil
    }

    @inline(__always)
    private static func of(_ task: UnsafePointer<redisReadTask>) -> UnsafeMutablePointer<ReplyBuilder> {
        task.pointee.privdata!.assumingMemoryBound(to: ReplyBuilder.self)
    }
}
