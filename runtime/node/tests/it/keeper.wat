;; A contract in the CosmWasm calling convention, small enough to read. It keeps the message it was sent last.
;; A Region is three u32: offset, capacity, length.
(module
  (import "env" "db_read" (func $db_read (param i32) (result i32)))
  (import "env" "db_write" (func $db_write (param i32 i32)))
  (memory (export "memory") 4)
  (global $next (mut i32) (i32.const 65536))

  (data (i32.const 8) "m")
  ;; Region of the key: offset 8, capacity 1, length 1.
  (data (i32.const 16) "\08\00\00\00\01\00\00\00\01\00\00\00")
  ;; An empty successful response.
  (data (i32.const 64) "{\22ok\22:{\22messages\22:[],\22attributes\22:[],\22events\22:[],\22data\22:null}}")
  ;; Region of the response: offset 64, capacity 62, length 62.
  (data (i32.const 32) "\40\00\00\00\3e\00\00\00\3e\00\00\00")
  (data (i32.const 200) "{\22ok\22:\22")
  (data (i32.const 240) "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  (func (export "interface_version_8"))

  ;; Room for `size` bytes behind a fresh Region; nothing is ever given back.
  (func $allocate (export "allocate") (param $size i32) (result i32)
    (local $region i32)
    (local.set $region (global.get $next))
    (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
    (i32.store offset=4 (local.get $region) (local.get $size))
    (i32.store offset=8 (local.get $region) (i32.const 0))
    (global.set $next
      (i32.and (i32.add (i32.add (local.get $region) (local.get $size)) (i32.const 19)) (i32.const -8)))
    (local.get $region))
  (func (export "deallocate") (param i32))

  (func (export "instantiate") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $db_write (i32.const 16) (local.get $msg))
    (i32.const 32))
  (func (export "execute") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $db_write (i32.const 16) (local.get $msg))
    (i32.const 32))

  ;; Six bits of `bits` from `shift` on, as a base64 character at `to`.
  (func $put (param $to i32) (param $bits i32) (param $shift i32)
    (i32.store8 (local.get $to)
      (i32.load8_u offset=240
        (i32.and (i32.shr_u (local.get $bits) (local.get $shift)) (i32.const 63)))))

  ;; {"ok":"<base64 of what is kept>"}
  (func (export "query") (param $env i32) (param $msg i32) (result i32)
    (local $kept i32) (local $from i32) (local $end i32) (local $bits i32) (local $answer i32) (local $start i32)
    (local $to i32) (local $left i32)
    (local.set $kept (call $db_read (i32.const 16)))
    (local.set $from (i32.load (local.get $kept)))
    (local.set $end (i32.add (local.get $from) (i32.load offset=8 (local.get $kept))))
    (local.set $answer (call $allocate (i32.const 20000)))
    (local.set $start (i32.load (local.get $answer)))
    (i64.store (local.get $start) (i64.load (i32.const 200)))
    (local.set $to (i32.add (local.get $start) (i32.const 7)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (local.set $left (i32.sub (local.get $end) (local.get $from)))
        (local.set $bits (i32.shl (i32.load8_u (local.get $from)) (i32.const 16)))
        (if (i32.gt_u (local.get $left) (i32.const 1))
          (then (local.set $bits (i32.or (local.get $bits)
            (i32.shl (i32.load8_u offset=1 (local.get $from)) (i32.const 8))))))
        (if (i32.gt_u (local.get $left) (i32.const 2))
          (then (local.set $bits (i32.or (local.get $bits) (i32.load8_u offset=2 (local.get $from))))))
        (call $put (local.get $to) (local.get $bits) (i32.const 18))
        (call $put (i32.add (local.get $to) (i32.const 1)) (local.get $bits) (i32.const 12))
        (call $put (i32.add (local.get $to) (i32.const 2)) (local.get $bits) (i32.const 6))
        (call $put (i32.add (local.get $to) (i32.const 3)) (local.get $bits) (i32.const 0))
        ;; Padding.
        (if (i32.lt_u (local.get $left) (i32.const 3))
          (then (i32.store8 offset=3 (local.get $to) (i32.const 61))))
        (if (i32.lt_u (local.get $left) (i32.const 2))
          (then (i32.store8 offset=2 (local.get $to) (i32.const 61))))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $from (i32.add (local.get $from) (i32.const 3)))
        (br $next)))
    ;; "}
    (i32.store16 (local.get $to) (i32.const 0x7d22))
    (i32.store offset=8 (local.get $answer)
      (i32.sub (i32.add (local.get $to) (i32.const 2)) (local.get $start)))
    (local.get $answer)))
