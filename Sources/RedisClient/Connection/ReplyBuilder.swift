import CHiredis

/// Turns what the C parser finds into values, straight from its read buffer: no `redisReply` is allocated in between.
///
/// The parser calls back for every string, number, nil and array header, in the order of the bytes; an array's
/// elements follow its header. Each is copied while the call lasts, since the buffer moves between reads.
final class ReplyBuilder {
    /// An array whose elements are still coming.
    private struct Frame {
        var elements: [RedisValue]
        var missing: Int
    }

    /// The top-level replies since the owner last took them.
    var replies: [RedisValue] = []
    private var frames: [Frame] = []

    /// Set while subscribed: it gets the parts of pushed replies in place of ``replies``.
    var pushAssembler: PushAssembler?

    @inline(__always)
    private func add(_ value: consuming RedisValue, at task: UnsafePointer<redisReadTask>) {
        if !frames.isEmpty { return addNested(value) }
        if let pushAssembler {
            pushAssembler.add(value, position: position(task))
        } else {
            replies.append(value)
        }
    }

    private func addNested(_ value: RedisValue) {
        var value = value
        while !frames.isEmpty {
            frames[frames.count - 1].elements.append(value)
            frames[frames.count - 1].missing -= 1
            guard frames[frames.count - 1].missing == 0 else { return }
            value = .array(frames.removeLast().elements)
        }
        if let pushAssembler {
            // Only the last part of a pushed reply is an array.
            pushAssembler.addContent(value)
        } else {
            replies.append(value)
        }
    }

    /// The position in a pushed reply; `nil` for a reply that is no array.
    @inline(__always)
    private func position(_ task: UnsafePointer<redisReadTask>) -> Int? {
        task.pointee.parent == nil ? nil : Int(task.pointee.idx)
    }

    @inline(__always)
    fileprivate func string(_ task: UnsafePointer<redisReadTask>, _ bytes: UnsafeRawBufferPointer) {
        switch task.pointee.type {
        case REDIS_REPLY_STATUS: add(.status(String(decoding: bytes, as: UTF8.self)), at: task)
        case REDIS_REPLY_ERROR: add(.error(String(decoding: bytes, as: UTF8.self)), at: task)
        default:
            if let pushAssembler, frames.isEmpty, let position = position(task), pushAssembler.take(bytes, position) {
                return
            }
            add(.bulk([UInt8](bytes)), at: task)
        }
    }

    fileprivate func array(_ task: UnsafePointer<redisReadTask>, _ count: Int) {
        if pushAssembler != nil, task.pointee.parent == nil { return }
        if count <= 0 { return add(.array([]), at: task) }
        var elements: [RedisValue] = []
        // The count is the server's claim; a false one must not take memory.
        elements.reserveCapacity(min(count, 1024))
        frames.append(Frame(elements: elements, missing: count))
    }

    fileprivate func integer(_ task: UnsafePointer<redisReadTask>, _ value: Int64) { add(.integer(value), at: task) }
    fileprivate func null(_ task: UnsafePointer<redisReadTask>) { add(.null, at: task) }
}

extension ReplyBuilder {
    /// Makes the parser of a context call this builder, which must outlive it.
    func attach(to context: UnsafeMutablePointer<redisContext>) {
        context.pointee.reader.pointee.fn = Self.functions
        context.pointee.reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    // nonisolated(unsafe): written once, before anybody can see it.
    private nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        // hiredis 1.x has more members, for RESP3; left out, its reader does without.
        functions.initialize(to: redisReplyObjectFunctions())
        functions.pointee.createString = { task, start, length in
            ReplyBuilder.of(task!).string(task!, UnsafeRawBufferPointer(start: start, count: Int(length)))
            return ReplyBuilder.something
        }
        functions.pointee.createArray = { (task, count: CHiredisElementCount) in
            ReplyBuilder.of(task!).array(task!, Int(count))
            return ReplyBuilder.something
        }
        functions.pointee.createInteger = { task, value in
            ReplyBuilder.of(task!).integer(task!, value)
            return ReplyBuilder.something
        }
        functions.pointee.createNil = { task in
            ReplyBuilder.of(task!).null(task!)
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
    private static func of(_ task: UnsafePointer<redisReadTask>) -> ReplyBuilder {
        Unmanaged<ReplyBuilder>.fromOpaque(task.pointee.privdata!)._withUnsafeGuaranteedRef { $0 }
    }
}
