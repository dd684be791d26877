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

    /// Set while subscribed: ``pushes`` gets the parts of the replies then, and ``replies`` nothing.
    var isPushing = false
    var pushes = PushAssembler()

    @inline(__always)
    private mutating func add(_ value: consuming RedisValue, at task: UnsafePointer<redisReadTask>) {
        if !frames.isEmpty { return addNested(value) }
        if isPushing {
            pushes.add(value, isAlone: task.pointee.parent == nil)
        } else {
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
            replies.append(value)
        }
    }

    @inline(__always)
    fileprivate mutating func string(_ task: UnsafePointer<redisReadTask>, _ bytes: UnsafeRawBufferPointer) {
        switch task.pointee.type {
        case REDIS_REPLY_STATUS: add(.status(String(decoding: bytes, as: UTF8.self)), at: task)
        case REDIS_REPLY_ERROR: add(.error(String(decoding: bytes, as: UTF8.self)), at: task)
        default:
            if isPushing, frames.isEmpty, task.pointee.parent != nil, pushes.take(bytes, Int(task.pointee.idx)) {
                return
            }
            add(.bulk([UInt8](bytes)), at: task)
        }
    }

    fileprivate mutating func array(_ task: UnsafePointer<redisReadTask>, _ count: Int) {
        if isPushing, task.pointee.parent == nil { return }
        if count <= 0 { return add(.array([]), at: task) }
        var elements: [RedisValue] = []
        // The count is the server's claim; a false one must not take memory.
        elements.reserveCapacity(min(count, 1024))
        frames.append(Frame(elements: elements, missing: count))
    }

    fileprivate mutating func integer(_ task: UnsafePointer<redisReadTask>, _ value: Int64) {
        add(.integer(value), at: task)
    }

    fileprivate mutating func null(_ task: UnsafePointer<redisReadTask>) { add(.null, at: task) }
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
            ReplyBuilder.of(task!).pointee.string(task!, UnsafeRawBufferPointer(start: start, count: Int(length)))
            return ReplyBuilder.something
        }
        functions.pointee.createArray = { (task, count: CHiredisElementCount) in
            ReplyBuilder.of(task!).pointee.array(task!, Int(count))
            return ReplyBuilder.something
        }
        functions.pointee.createInteger = { task, value in
            ReplyBuilder.of(task!).pointee.integer(task!, value)
            return ReplyBuilder.something
        }
        functions.pointee.createNil = { task in
            ReplyBuilder.of(task!).pointee.null(task!)
            return ReplyBuilder.something
        }
        functions.pointee.freeObject = { _ in }
        return functions
    }()

    /// The parser takes null for a lack of memory, and anything else for an object that it never looks into.
    private static var something: UnsafeMutableRawPointer? {
        @inline(__always) get { UnsafeMutableRawPointer(bitPattern: 1) }
    }

    @inline(__always)
    private static func of(_ task: UnsafePointer<redisReadTask>) -> UnsafeMutablePointer<ReplyBuilder> {
        task.pointee.privdata!.assumingMemoryBound(to: ReplyBuilder.self)
    }
}
