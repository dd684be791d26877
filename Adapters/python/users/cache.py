import redis


class UserCache:
    """Keeps users in Redis for ten minutes."""

    def __init__(self, url, prefix, database):
        self.redis = redis.Redis.from_url(url, decode_responses=True)
        self.prefix = prefix
        self.database = database

    def get(self, user):
        value = self.redis.get(self.prefix + user)
        if value is None:
            value = self.database.load(user)
            if value is not None:
                self.redis.set(self.prefix + user, value, ex=600)
        return value

    def put(self, user, value):
        self.database.commit(user, value)
        self.redis.delete(self.prefix + user)
