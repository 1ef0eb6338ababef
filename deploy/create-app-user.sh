#!/bin/bash
# Run once by the mongo image, on an empty data folder: the user that the servers connect as, with no right beyond
# their own database. Passwords are hexadecimal (openssl rand -hex 24), so that they need no quoting anywhere.
mongosh --quiet -u "$MONGO_INITDB_ROOT_USERNAME" -p "$MONGO_INITDB_ROOT_PASSWORD" --authenticationDatabase admin --eval "
  db.getSiblingDB('security-info').createUser({
    user: 'app', pwd: '$MONGO_APP_PASSWORD', roles: ['readWrite']
  })"
