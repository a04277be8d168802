# Runs in namespaces of its own: the real PC/SC service with a virtual card in its reader. What works the card stays outside and finds
# the service by the socket in the folder. FOLDER VCARD, then what the bureau puts on the card.
folder=$1 vcard=$2
shift 2
cd "$folder" || exit 1
ip link set lo up &&
    mount -t tmpfs tmpfs /run &&
    mkdir /run/pcscd &&
    mount --bind "$folder" /run/pcscd || exit 1
cat >vpcd.conf <<'READER'
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x8C7B
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x8C7B
READER
pcscd --foreground --config "$folder/vpcd.conf" >pcscd.log 2>&1 &
service=$!
card=
trap 'kill $card $service 2>/dev/null; exit' EXIT TERM INT
tries=0
until [ -S pcscd.comm ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat pcscd.log; exit 1; }
    sleep 0.05
done
echo "card-bed is ready"
# The reader listens a moment after the service does.
tries=0
while [ $tries -lt 100 ]; do
    # In the background: the shell hears a signal while it waits, and not while it runs something.
    "$vcard" connect 127.0.0.1:35963 --folder "$folder/card" "$@" &
    card=$!
    wait $card && break
    tries=$((tries + 1))
    sleep 0.1
done
wait $service
