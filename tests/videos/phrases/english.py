"""English sentences by pack: those that must match, and those that must not."""

ENGLISH = {
    "alcohol": (
        """A glass every evening keeps me sane
I pour one every night
Each evening starts with a gin
Each night we open another bottle
I earned it every day after work
My daily drink deserves a good glass
The nightly drink tastes better from it
I drink daily from this one
It is wine o’clock somewhere
Time to get drunk with friends
We were getting drunk by nine
Drown your sorrows in style
I need a drink after that meeting
Drink all your problems away
I can't relax without my whisky
Made for a weekend binge
These shot glasses are a must-have
A must have for every bar cart
You can't live without this decanter
Everyone needs a hip flask
Essentials for any party
Fill it up and down it
Bottoms up, friends!""",
        """I cook with it every other day
We opened it at our anniversary
The decanter pours without a drip
A heavy base keeps the glass steady
The stem is thin and easy to hold
It holds three hundred millilitres
The cork came out in one piece
Goes well with grilled fish
I rinse it by hand after dinner
The evening light shows its colour
A nice set for guests
I keep it for birthdays
The label tells where the grapes grew
The bar spoon is long enough
I like the smell of oak
My guests asked where it is from
The ice melts slowly in it
Sip it slowly with cheese
It must not go into the dishwasher
We have six of them now
The shaker does not leak
The bottom is thick and clear""",
    ),
    "health": (
        """This balm cures acne
It really cured my anxiety
They say it cures diabetes
It cured her depression
A tea that cures cancer
Heals your eczema overnight
Treats my arthritis
It prevents covid
It prevents skin cancer
Boosts your immunity all winter
Detox in a bottle
A miracle cure for tired skin
Doctors hate this trick
It replaces your medication
No side effects at all
Clinically proven
A scientifically proven formula
I lost 10 kg with this shaker
Lose 5 pounds in a week
How to lose weight fast
It melts belly fat
This belt burns fat
A real fat burner
A flat stomach in two weeks
Drop 2 dress sizes
A slimming effect you can see
Weight loss without hunger""",
        """It treats wood gently
This oil keeps the board healthy
A light bag that weighs 2 kg
It burns cleanly and smells of cedar
The fat separator pours well
The lid secures the jar
My procured set of bowls
A curious little lamp
The cream feels soft on my hands
I use it after sport
The bottle keeps water cold
The treatment of the leather is even
A pound of flour fits into it
I lost the cap once
The scale shows half grams
My friend, a doctor, gave me one
The blanket is heavy and warm
It does not cure anything, it only smells good
The pan heats up quickly
A flat lid closes it
The dress has two pockets
Slim enough for my bag""",
    ),
    "price": (
        """The lowest price anywhere
The cheapest kettle I found
The best price of the year
only $9.99 right now
Just $5 each
I got it for $ 20
Only 10 dollars
Just 12 dollars
50% off this week
Half price until Sunday
It is half off
Free shipping until Friday
A huge price drop
Today only
A limited time offer
Your last chance
Save $15 with the set
Save 20 % this week
Buy one get one free
Cheaper than in the shops
An unbeatable price
Unbeatable prices all week""",
        """Its price is fair to me
I paid with my card
Good value for me
It has lasted three years
The price tag came off easily
It costs what good work costs
I would buy it again
The set has two sizes
I saved space in my drawer
Half of it fits in my bag
The offer of colours is wide
The last piece of the puzzle
One box, two lids
The shipping box is recyclable
It ships flat
Off it goes into the oven
The percent scale is easy to read
Today I show you two lamps
The dollar sign is a print on the mug
A limited palette of greens
My first chance to try it
Only the handle gets warm""",
    ),
    "off-site": (
        """Link in   bio!
The link in my bio
DM me for the colours
DM for details
WhatsApp me
Text me at this number
Use my code SARA10
Use code SAVE
There is a promo code
Ask for the discount code
Swipe up
It is on my website
Come to my own shop
www.example.com
See https://example.com/shop
Join my telegram channel
Follow me on the other app
Message me for the size
Link below
Linktree has it all
You find it in my store
Check my profile
Order from me""",
        """It comes with a link chain
The bio cotton is soft
The chain links are polished
The code on the lock has three digits
A web of threads holds it
The text was engraved neatly
I wipe it up with a cloth
The shop lamp is bright
It stores flat
Its profile is slim
Follow the arrow on the lid
A message is printed on the inside
The channel in the tray drains water
My phone fits inside
No app is needed
A visit to the pottery was fun
The address label peels off
I sketched it in my notebook
The bottom shelf swivels
A httpbin is not a kitchen bin
It arrived in two days
The telegraph print is framed""",
    ),
    "disclosure": (
        """This is NOT an ad
Not sponsored, I promise
I am not paid for this
No ad here
It isn't an ad
It isn't sponsored
This is not an advertisement
An unsponsored review
Nobody paid me for this
I am not being paid
I wasn't paid
Not paid, just happy
I am not a paid creator
No one paid me
They didn't pay me
There is no sponsor here
No sponsorship involved
It is not a commercial
My unpaid review
I swear this isn’t an ad
Really not an ad, friends""",
        """I am a paid creator and this is my honest view
An admirable finish
Adding it to the drawer was easy
The label tells you that I am paid
Paid for, and honest
I earn a fee for this clip
This clip is sponsored
Sponsored, and still my view
The shop pays me for the clip
No addition needed
A pad under each foot
The sponsor of the race had one too
I got paid and I say what I think
It is an adult-sized chair
Made to add colour
No adhesive needed
Broad and flat
The advert shows it in red
It paid off to wait
My commission is named above
Commercial kitchens use it too""",
    ),
    "disparagement": (
        """The other one is a scam
They are scammers
What a rip-off the other one was
A rip off, nothing else
A total ripoff
A garbage brand
A trash brand
A fake brand
Don't buy from those people
Never buy from them
Avoid that other brand
They lie about the size
They lie to you
All of them liars
The rest is crap
The worst brand of all
The old one is junk
Their lid is garbage
Con artists, all of them
Those crooks
Stay away from the blue one""",
        """My old scampi pan has retired
The scamper toy is for dogs
It is lighter than my old one
The handle differs from the others
I compared two lamps
This one is louder
That one is better for small hands
The other holds more
I return to my first one in winter
The colours of the brand are calm
A relief to hold
They lie flat in the drawer
Made of scrap metal
It lives in my junk drawer
The garbage bag fits the bin
A trash can with a lid
Fake fur, real comfort
The worst weather could not harm it
Avoid the heat of the oven
Rip it along the line
Never buy a size too small
The crooked shelf is straight now""",
    ),
}
