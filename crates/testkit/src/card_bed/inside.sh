# Runs in namespaces of its own: the PC/SC service with two readers, whose files are in the bed's folder.
folder=$1 lines=$2
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
python3 -c "$lines" &
tries=0
until [ -S pcscd.comm ] && [ -S reader-0 ] && [ -S reader-1 ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { cat pcscd.log; exit 1; }
    sleep 0.05
done
echo "card-bed is ready"
wait
