import uuid

import redis

# Keeps a value only for whoever still holds the lease that its miss was given.
FILL = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', 600)
return redis.call('DEL', KEYS[2])
"""


class UserCache:
    """Keeps users in Redis for ten minutes."""

    def __init__(self, url, prefix, database):
        self.redis = redis.Redis.from_url(url, decode_responses=True)
        self.prefix = prefix
        self.database = database
        self.fill = self.redis.register_script(FILL)

    def get(self, user):
        key, lease = self.prefix + user, self.prefix + "lease:" + user
        value = self.redis.get(key)
        if value is None:
            token = uuid.uuid4().hex
            self.redis.set(lease, token, nx=True, ex=10)
            value = self.database.load(user)
            if value is not None:
                self.fill(keys=[key, lease], args=[token, value])
        return value

    def put(self, user, value):
        self.database.commit(user, value)
        self.redis.delete(self.prefix + user, self.prefix + "lease:" + user)
