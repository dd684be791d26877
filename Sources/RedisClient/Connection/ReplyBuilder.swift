import CHiredis

/// Turns what the C parser finds into values, straight from its read buffer: no `redisReply` is allocated in between.
///
/// The parser calls back for every string, number, nil and array header, in the order of the bytes; an array's
/// elements follow its header. Each is copied while the call lasts, since the buffer moves between reads.
///
/// It lies in memory of its own, to which the parser holds a pointer: reaching an object from a C function would count
/// references and check for overlapping accesses several times for every reply.
struct ReplyBuilder {
    /// An array whose elements are still coming.
    private struct Frame {
        var elements: [RedisValue]
        var missing: Int
    }

    /// The top-level replies since the owner last took them.
    var replies: [RedisValue] = []
    private var frames: [Frame] = []

    /// How large one reply may be.
    var limits = RedisReplyLimits.handshake
    /// What the parts of the reply that is coming in take so far, as ``RedisReplyLimits/size``.
    private var size = 0
    /// Why the reply that is coming in is not taken.
    private(set) var excess: String?
    /// Whether a reply has come to its end since ``beginReply()``.
    private(set) var isComplete = false

    /// Set while subscribed: ``pushes`` gets the parts of the replies then, and ``replies`` nothing.
    var isPushing = false
    var pushes = PushAssembler()

    /// The next reply is counted anew.
    @inline(__always)
    mutating func beginReply() {
        size = 0
        isComplete = false
    }

    /// Counts a part of a reply.
    /// - Returns: whether there is room for it.
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
            // Only the last part of a pushed reply is an array.
            pushes.add(value, isAlone: false)
        } else {
            isComplete = true
            replies.append(value)
        }
    }

    // Each returns whether the part was taken.

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
        // The count is the server's claim; a false one must not take memory.
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
    /// A builder that the parser of a context calls. The caller destroys it, after the context.
    static func attached(to context: UnsafeMutablePointer<redisContext>) -> UnsafeMutablePointer<ReplyBuilder> {
        let builder = UnsafeMutablePointer<ReplyBuilder>.allocate(capacity: 1)
        builder.initialize(to: ReplyBuilder())
        context.pointee.reader.pointee.fn = functions
        context.pointee.reader.pointee.privdata = UnsafeMutableRawPointer(builder)
        return builder
    }

    // nonisolated(unsafe): written once, before anybody can see it.
    private nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        // hiredis 1.x has more members, for RESP3; left out, its reader does without.
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

    /// The parser takes null for a lack of memory, and gives up; anything else is an object that it never looks into.
    @inline(__always)
    private static func answer(_ isTaken: Bool) -> UnsafeMutableRawPointer? {
        isTaken ? UnsafeMutableRawPointer(bitPattern: 1) : nil
    }

    @inline(__always)
    private static func of(_ task: UnsafePointer<redisReadTask>) -> UnsafeMutablePointer<ReplyBuilder> {
        task.pointee.privdata!.assumingMemoryBound(to: ReplyBuilder.self)
    }
}
